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

// output is what is built, by file name.
type output map[string][]byte

func build() error {
	out, manifest := output{}, map[string]string{}
	for _, name := range []string{"client.ts", "style.css", "essay.ts", "essay.css", "rubric.css", "review.css"} {
		content, err := bundle(api.BuildOptions{
			EntryPoints: []string{filepath.Join(source, name)}, Format: api.FormatESModule,
			Target: api.ES2022, MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true,
		})
		if err != nil {
			return err
		}
		if err := out.serve(strings.Replace(name, ".ts", ".js", 1), content, manifest); err != nil {
			return err
		}
	}
	icon, err := os.ReadFile(filepath.Join(source, "icon.svg"))
	if err != nil {
		return err
	}
	if err := out.serve("icon.svg", icon, manifest); err != nil {
		return err
	}
	if out["temml.js"], err = temml(); err != nil {
		return err
	}
	if out["manifest.json"], err = json.MarshalIndent(manifest, "", "\t"); err != nil {
		return err
	}
	return out.write()
}

// serve adds a file that pages load, named by its content so that browsers may
// keep it for ever, and the same compressed.
func (o output) serve(name string, content []byte, manifest map[string]string) error {
	sum := sha256.Sum256(content)
	extension := filepath.Ext(name)
	hashed := strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(sum[:5]) + extension
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	manifest[name], o[hashed], o[hashed+".gz"] = hashed, content, zipped.Bytes()
	return nil
}

// write leaves in the target folder what was built and nothing older. A file
// that is there already is not touched, so that Go does not build again.
func (o output) write() error {
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	for name, content := range o {
		file := filepath.Join(target, name)
		if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, content) {
			continue
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	there, err := os.ReadDir(target)
	if err != nil {
		return err
	}
	for _, file := range there {
		if _, built := o[file.Name()]; built || file.Name() == ".gitkeep" {
			continue
		}
		if err := os.Remove(filepath.Join(target, file.Name())); err != nil {
			return err
		}
	}
	return nil
}

// temml bundles the TeX renderer for an engine without modules or a DOM.
func temml() ([]byte, error) {
	return bundle(api.BuildOptions{
		Stdin: &api.StdinOptions{
			Contents:   `import temml from "temml"; globalThis.temml = temml;`,
			ResolveDir: "web",
		},
		Format: api.FormatIIFE, Target: api.ES2017, MinifyWhitespace: true, MinifySyntax: true,
	})
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
