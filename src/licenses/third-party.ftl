What this program ships besides its own code, and under which licence. Where there is a choice, Apache-2.0 is taken, else
EPL-2.0. Texts: META-INF/LICENSE (Apache-2.0) and the other files of this folder; what the archives
of PostgreSQL hold is in PostgreSQL.txt. Sources are published by the authors under the same names and versions.

<#list dependencyMap as entry><#assign project = entry.getKey()/><#assign licenses = entry.getValue()/>
${project.groupId}:${project.artifactId}:${project.version}: ${licenses?join(" or ")}
</#list>
