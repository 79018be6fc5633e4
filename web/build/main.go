// Command build bundles the pages' script and style and the TeX renderer into
// web/static/dist, from where they are embedded. Run it from the module's root
// after `npm ci` in web; `make bundle` does both.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	source = "web/client"
	target = "web/static/dist"
)

func main() {
	if err := build(); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func build() error {
	old, err := filepath.Glob(filepath.Join(target, "*"))
	if err != nil {
		return err
	}
	for _, file := range old {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	manifest := map[string]string{}
	for _, name := range []string{"client.ts", "style.css"} {
		if err := page(name, manifest); err != nil {
			return err
		}
	}
	if err := temml(); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(manifest, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(target, "manifest.json"), raw, 0o644)
}

// page bundles one file that pages load and names it by its content, so that
// browsers may keep it for ever.
func page(name string, manifest map[string]string) error {
	out, err := bundle(api.BuildOptions{
		EntryPoints: []string{filepath.Join(source, name)}, Format: api.FormatESModule,
		Target: api.ES2020, MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true,
	})
	if err != nil {
		return err
	}
	public := strings.Replace(name, ".ts", ".js", 1)
	sum := sha256.Sum256(out)
	extension := filepath.Ext(public)
	hashed := strings.TrimSuffix(public, extension) + "." + hex.EncodeToString(sum[:5]) + extension
	manifest[public] = hashed
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(out); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(target, hashed+".gz"), zipped.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(target, hashed), out, 0o644)
}

// temml bundles the TeX renderer for an engine without modules or a DOM.
func temml() error {
	out, err := bundle(api.BuildOptions{
		Stdin: &api.StdinOptions{
			Contents:   `import temml from "temml"; globalThis.temml = temml;`,
			ResolveDir: "web",
		},
		Format: api.FormatIIFE, Target: api.ES2017, MinifyWhitespace: true, MinifySyntax: true,
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(target, "temml.js"), out, 0o644)
}

func bundle(options api.BuildOptions) ([]byte, error) {
	options.Bundle, options.Write, options.LogLevel = true, false, api.LogLevelSilent
	options.Charset = api.CharsetUTF8
	options.LegalComments = api.LegalCommentsInline
	result := api.Build(options)
	if len(result.Errors) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	return result.OutputFiles[0].Contents, nil
}
