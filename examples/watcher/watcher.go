// Prints how far an operation is until it is done: go run watcher.go http://localhost:8080 operations/NAME
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

func main() {
	for token := ""; ; time.Sleep(time.Second) {
		answer, err := http.Get(os.Args[1] + "/v1/" + os.Args[2] + ":watch?alt=ndjson&resumeToken=" + token)
		if err != nil {
			continue // the server is away
		} else if answer.StatusCode/100 == 4 {
			panic(answer.Status)
		}
		for lines := json.NewDecoder(answer.Body); ; {
			var event map[string]any
			if lines.Decode(&event) != nil || event["error"] != nil {
				break // the token goes on from there, also at another server
			}
			token = event["resumeToken"].(string)
			change, _ := event["changed"].(map[string]any)
			operation, _ := change["operation"].(map[string]any)
			if failure, failed := operation["error"].(map[string]any); failed || event["gone"] != nil {
				fmt.Printf("error %v: %v\n", failure["code"], failure["message"])
				os.Exit(1)
			} else if response, done := operation["response"].(map[string]any); done {
				fmt.Println("done:", response["value"])
				return
			} else if progress, told := change["progress"].(map[string]any); told {
				fmt.Println(progress["doneUnits"], "of", progress["totalUnits"], progress["unit"])
			}
		}
	}
}
