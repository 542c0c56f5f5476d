// Does work, tells how far it is, and hears of a cancellation: go run producer.go http://localhost:8080 1s
package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"time"
)

func post(path string, body string, values ...any) (told map[string]any) {
	for ; ; time.Sleep(time.Second) { // a call that was lost may be repeated: none of them is done twice
		answer, err := http.Post(os.Args[1]+"/v1/"+path, "application/json", strings.NewReader(fmt.Sprintf(body, values...)))
		if err == nil && answer.StatusCode/100 == 4 { // such as 409, LEASE_LOST: somebody else does the work now
			panic(answer.Status)
		} else if err == nil && answer.StatusCode == 200 && json.NewDecoder(answer.Body).Decode(&told) == nil {
			return told
		}
	}
}

func main() { // ten seconds after its last word the operation ends as PRODUCER_LOST
	told := post("operations:start", `{"requestId": "%08x-0000-4000-8000-%012x", "leaseDuration": "10s"}`, rand.Uint32(), rand.Uint64()>>16)
	name, lease := told["snapshot"].(map[string]any)["operation"].(map[string]any)["name"].(string), told["lease"].(map[string]any)["token"]
	fmt.Println(name)
	work, _ := time.ParseDuration(os.Args[2])
	result := `"response": {"@type": "type.googleapis.com/google.protobuf.StringValue", "value": "OK"}`
	for step := 1; step <= 10 && told["cancelRequested"] == nil; step++ {
		time.Sleep(work)
		told = post(name+":update", `{"leaseToken": %q, "progress": {"doneUnits": %d, "totalUnits": 10, "unit": "steps"}}`, lease, step)
		if told["cancelRequested"] != nil {
			result = fmt.Sprintf(`"error": {"code": 1, "message": "cancelled after %d steps"}`, step)
		}
	}
	post(name+":complete", `{"leaseToken": %q, %s}`, lease, result)
}
