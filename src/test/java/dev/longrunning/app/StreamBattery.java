package dev.longrunning.app;

import static dev.longrunning.app.HttpBattery.error;
import static dev.longrunning.app.HttpBattery.request;

import dev.longrunning.app.HttpBattery.Case;
import dev.longrunning.app.HttpBattery.Expected;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What may come in for a stream over HTTP/1.1 whose handler sends one event and ends. */
final class StreamBattery {
  static final String PATH = "/v1/" + GrpcBattery.NAME + ":watch";

  private static final String EVENTS = "Accept: text/event-stream\r\n";
  private static final String ALLOWED =
      "allowed application/json, application/x-ndjson or text/event-stream";

  private final List<Case> cases = new ArrayList<>();

  static List<Case> cases() {
    var battery = new StreamBattery();
    battery.accepts();
    battery.alts();
    battery.lastEventIds();
    battery.requests();
    return battery.cases;
  }

  private void accepts() {
    for (String accept :
        List.of(
            "",
            "Accept:\r\n",
            "Accept: */*\r\n",
            "Accept: application/*\r\n",
            "Accept: APPLICATION/JSON\r\n",
            "Accept: application/json;charset=utf-8\r\n",
            "Accept: text/html, application/xhtml+xml;q=0.9, */*;q=0.8\r\n",
            "Accept: text/html\r\nAccept: application/json\r\n",
            "Accept: *\r\n",
            "Accept: text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2\r\n",
            "Accept: text/event-stream;q=0.5, application/json\r\n",
            "Accept: ;;q=1,/,*, application/json\r\n",
            "Accept: " + "text/html,".repeat(1_400) + "application/json\r\n")) {
      kept("an array for '" + name(accept) + "'", accept, array());
    }
    for (String accept :
        List.of(
            EVENTS,
            "Accept: text/*\r\n",
            "Accept: text/event-stream, */*\r\n",
            "Accept: text/event-stream, application/json\r\n",
            "Accept: application/json;q=0.999, text/event-stream;Q=1.000\r\n",
            "Accept: application/json;q=0, application/x-ndjson;q=0, */*;q=0.001\r\n")) {
      kept("events for '" + name(accept) + "'", accept, events());
    }
    kept("lines", "Accept: application/x-ndjson\r\n", lines());
    for (String accept :
        List.of(
            "Accept: text/html\r\n",
            "Accept: application/json;q=0\r\n",
            "Accept: application/json;q=0.0, image/*\r\n",
            "Accept: application/json;q=2\r\n",
            "Accept: application/json;q=\r\n",
            "Accept: application/js\r\n",
            "Accept: ;\r\n",
            "Accept: " + "text/html,".repeat(1_400) + "\r\n")) {
      kept("no form for '" + name(accept) + "'", accept, error(406, ALLOWED));
    }
  }

  private static String name(String header) {
    return header.length() < 90 ? header.strip().replace("\r\n", " ") : "many ranges";
  }

  private void alts() {
    query("alt=json", array());
    query("%24alt=json;enum-encoding=int", array());
    query("alt=ndjson", lines());
    query("$alt=sse", events());
    query("prettyPrint=false&key=k&$.xgafv=2&fields=*", array());
    query("alt=xml", error(400, "alt: got xml, allowed json or json;enum-encoding=int or ndjson"));
    query("alt=", error(400, "alt: got ''"));
    query("alt=SSE", error(400, "alt: got SSE"));
    query("prettyPrint=true", error(400, "prettyPrint: got true, allowed false"));
    query("pp", error(400, "pp: got '', allowed false"));
    query("callback=f", error(400, "callback: got JSONP"));
    query("access_token=s3cret", error(400, "access_token: got a token in the URL"));
    query("nothing=1", error(400, "nothing: got an unknown query parameter"));
    query("changesOnly=maybe", error(400, "changesOnly: got maybe"));
    query("name=operations/b", error(400, "name: got it in the query"));
    kept("alt before Accept", get("?alt=sse", "Accept: application/json\r\n"), events());
    kept("alt although no Accept is met", get("?alt=sse", "Accept: text/html\r\n"), events());
  }

  private void query(String query, Expected expected) {
    kept("the query " + query, get("?" + query, ""), expected);
  }

  private void lastEventIds() {
    String header = "Last-Event-ID: ";
    kept("an id", EVENTS + header + "t-1_~\r\n", events());
    kept("an empty id", EVENTS + header + "\r\n", events());
    kept("an id of 2,048 characters", EVENTS + header + "t".repeat(2_048) + "\r\n", events());
    for (String id : List.of("t".repeat(2_049), "t".repeat(15_000), "a b", "\u00e4", "a\tb")) {
      kept(
          "the id " + (id.length() > 9 ? id.length() + " characters" : id),
          EVENTS + header + id + "\r\n",
          error(400, "last-event-id: got"));
    }
    kept("an id where none counts", header + "a b\r\n", array());
  }

  private void requests() {
    String two = get("", "") + get("", EVENTS);
    kept("two in a row", two, array(), events());
    kept(
        "a bad one between two",
        get("", "") + get("?alt=x", "") + get("", ""),
        array(),
        error(400, "alt: got x"),
        array());
    kept("a HEAD", request("HEAD", PATH, "", ""), head("application/json"));
    kept("a HEAD of events", request("HEAD", PATH, EVENTS, ""), head("text/event-stream"));
    kept(
        "a HEAD of no form",
        request("HEAD", PATH, "Accept: text/html\r\n", ""),
        new Expected(406, "", Map.of("content-type", "application/json"), true));
    kept(
        "OPTIONS",
        request("OPTIONS", PATH, "", ""),
        HttpBattery.bare(204, "allow", "GET, HEAD, OPTIONS"));
    kept(
        "a POST",
        request("POST", PATH, "Content-Length: 0\r\n", ""),
        error(405, "method: allowed here: GET"));
    kept(
        "a POST that stands for GET",
        request("POST", PATH, "X-HTTP-Method-Override: GET\r\nContent-Length: 0\r\n", ""),
        array());
    kept(
        "a body",
        request("GET", PATH, "Content-Length: 2\r\n", "{}"),
        error(400, "body: got 2 characters, allowed none"));
    kept(
        "a body of another type",
        request("GET", PATH, "Content-Type: text/plain\r\nContent-Length: 2\r\n", "{}"),
        error(415, "content-type: got text/plain"));
    kept(
        "a body of 5 MB",
        request("GET", PATH, "Content-Length: 5000000\r\n", "a".repeat(5_000_000)),
        error(413, "body: got more"));
    kept(
        "a body of 5 MB and no form",
        request("GET", PATH, "Accept: a/b\r\nContent-Length: 5000000\r\n", "a".repeat(5_000_000)),
        error(406, ALLOWED));
    kept(
        "a timeout that is none",
        get("", "X-Server-Timeout: soon\r\n"),
        error(400, "x-server-timeout: got soon"));
    kept(
        "a timeout that is over",
        get("", "X-Server-Timeout: 0\r\n"),
        error(504, "the call's deadline is over"));
    kept(
        "an unknown consistency",
        get("", "Longrunning-Consistency: eventual\r\n"),
        error(400, "longrunning-consistency: got eventual"));
    kept(
        "a stream of many requests",
        request("GET", "/v1/operations/a:" + TestStreams.REPORT, "", ""),
        error(501, "method: of many requests"));
    kept(
        "another page",
        get("", "Origin: https://evil.example\r\n"),
        error(403, "origin: got https://evil"));
    kept(
        "a listed page",
        get("", EVENTS + "Origin: " + TestServer.CONSOLE + "\r\n"),
        HttpBattery.headed("access-control-allow-origin", TestServer.CONSOLE));
    kept(
        "a listed page that asks first",
        request(
            "OPTIONS",
            PATH,
            "Origin: "
                + TestServer.CONSOLE
                + "\r\nAccess-Control-Request-Method: GET\r\n"
                + "Access-Control-Request-Headers: last-event-id\r\n",
            ""),
        HttpBattery.bare(204, "access-control-allow-headers", "last-event-id"));
    for (String connection : List.of("", "Connection: keep-alive\r\n")) {
      closed(
          "HTTP/1.0 " + connection.strip(),
          "GET " + PATH + " HTTP/1.0\r\n" + HttpBattery.HOST + connection + "\r\n",
          new Expected(200, NAMED, Map.of("connection", "close"), false));
    }
    closed("the last of a connection", get("", "Connection: close\r\n" + EVENTS), events());
  }

  private static final String NAMED = "\"name\":\"" + GrpcBattery.NAME + "\"";

  private static String get(String query, String headers) {
    return request("GET", PATH + query, headers, "");
  }

  private static Expected array() {
    return stream("[{\"changed\":", "application/json; charset=utf-8");
  }

  private static Expected lines() {
    return stream("{\"changed\":", "application/x-ndjson");
  }

  private static Expected events() {
    return stream("event: changed\nid: t1\ndata: {\"changed\":", "text/event-stream");
  }

  private static Expected stream(String begin, String type) {
    return new Expected(
        200,
        begin + "{\"operation\":{" + NAMED,
        Map.of(
            "content-type",
            type,
            "transfer-encoding",
            "chunked",
            "cache-control",
            "no-store",
            "x-accel-buffering",
            "no"),
        false);
  }

  private static Expected head(String type) {
    return new Expected(200, "", Map.of("content-type", type, "cache-control", "no-store"), true);
  }

  /** One request or several; headers alone are those of a GET. */
  private void kept(String name, String sent, Expected... answers) {
    add(name, sent, true, answers);
  }

  private void closed(String name, String sent, Expected... answers) {
    add(name, sent, false, answers);
  }

  private void add(String name, String sent, boolean kept, Expected... answers) {
    String all = sent.contains(" HTTP/1.") ? sent : get("", sent);
    cases.add(new Case(name, HttpBattery.bytes(all), List.of(answers), kept));
  }
}
