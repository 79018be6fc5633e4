// Command child reads a document as the server's own program does. Some that are
// none make it do what a broken reader could.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"maieutic/tutor/document"
)

func main() {
	raw, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = run(raw)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(raw []byte) error {
	switch {
	case bytes.HasPrefix(raw, []byte("chatter")):
		_, err := io.Copy(os.Stdout, strings.NewReader(strings.Repeat("x", 5<<20)))
		return err
	case bytes.HasPrefix(raw, []byte("lie")):
		fmt.Println(`{"text":"a\u0001\r\n\n\n\nb","notes":["pictures"]}`)
		return nil
	case bytes.HasPrefix(raw, []byte("nonsense")):
		fmt.Println("{")
		return nil
	case bytes.HasPrefix(raw, []byte("environment")):
		fmt.Printf(`{"text":"%d variables"}`, len(os.Environ()))
		return nil
	}
	return document.Child(context.Background(), os.Args[2], bytes.NewReader(raw), os.Stdout)
}
