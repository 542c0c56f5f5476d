// Prints what becomes of the operations of a collection, or of one operation until it is done.
//
//	go run watch.go http://localhost:8080/v1/operations
//	go run watch.go http://localhost:8080/v1/operations/import-7
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"time"
)

type operation struct {
	Name string
	Done bool
}

func (o operation) String() string {
	if o.Done {
		return "done"
	}
	return "running"
}

type event struct {
	Changed struct {
		Operation operation
		Version   string
	}
	Gone        struct{ Name, Version string }
	Reset       any
	Bookmark    struct{ Synced bool }
	Error       struct{ Code int }
	ResumeToken string
}

// A heartbeat comes every 15 s. After three without one, nobody is there any more.
const silence = 45 * time.Second

// read takes the events of one stream until it ends.
func read(url string, take func(event)) error {
	response, err := http.Get(url)
	if err != nil {
		return err
	}
	alarm := time.AfterFunc(silence, func() { response.Body.Close() })
	defer response.Body.Close()
	for events := json.NewDecoder(response.Body); ; alarm.Reset(silence) {
		var next event
		if err := events.Decode(&next); err != nil {
			return err
		}
		take(next)
	}
}

func main() {
	http.DefaultTransport.(*http.Transport).ResponseHeaderTimeout = silence
	url, token, pause := os.Args[1], "", time.Second
	operations := map[string]operation{} // by name, as of the token
	take := func(next event) {
		changed, gone, code := next.Changed, next.Gone, next.Error.Code
		switch {
		case code >= 500: // the server is away, or about to leave
			return
		case code == 400 && token != "", next.Reset != nil: // the token is of another watch, or too old
			clear(operations)
		case code > 0:
			log.Fatal("refused: ", code)
		case gone.Name != "":
			delete(operations, gone.Name)
			fmt.Println(gone.Name, "gone", gone.Version)
		case changed.Operation.Name != "":
			operations[changed.Operation.Name] = changed.Operation
			fmt.Println(changed.Operation.Name, changed.Operation, changed.Version)
		case next.Bookmark.Synced:
			fmt.Println("synced:", len(operations), "operations")
		}
		if (changed.Operation.Done || gone.Name != "") && !strings.HasSuffix(url, "/operations") {
			os.Exit(0)
		}
		token, pause = next.ResumeToken, time.Second
	}
	for ; ; pause = min(2*pause, 30*time.Second) {
		log.Print(read(url+":watch?alt=ndjson&resumeToken="+token, take))
		time.Sleep(pause + rand.N(pause)) // some earlier, some later
	}
}
