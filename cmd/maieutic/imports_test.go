package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which packages of this module each area may import besides
// itself and its subpackages. The most specific entry counts. cmd may import all.
var allowed = map[string][]string{
	"maieutic/tutor":            {},
	"maieutic/tutor/llm":        {"maieutic/tutor"},
	"maieutic/tutor/curriculum": {"maieutic/tutor"},
	"maieutic/tutor/document":   {"maieutic/tutor", "maieutic/tutor/curriculum"},
	"maieutic/tutor/postgres":   {"maieutic/tutor"},
	"maieutic/dialogue":         {"maieutic/rubric", "maieutic/prompts", "maieutic/tutor", "maieutic/tutor/llm"},
	"maieutic/rubric":           {"maieutic/prompts", "maieutic/tutor", "maieutic/tutor/llm"},
	"maieutic/retrieval":        {"maieutic/tutor", "maieutic/tutor/llm"},
	"maieutic/prompts":          {"maieutic/tutor", "maieutic/tutor/llm"},
	"maieutic/web":              {"maieutic/dialogue", "maieutic/tutor"},
}

// standardOnly lists the packages that import nothing but the standard library
// and each other.
var standardOnly = []string{"maieutic/tutor", "maieutic/tutor/llm"}

type listed struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "maieutic/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// area returns the most specific entry of allowed that holds the package.
func area(path string) string {
	best := ""
	for a := range allowed {
		if (path == a || strings.HasPrefix(path, a+"/")) && len(a) > len(best) {
			best = a
		}
	}
	return best
}

// TestImportsPointOneWay keeps the layering: cmd at the top, tutor at the
// bottom, nothing sideways that is not listed.
func TestImportsPointOneWay(t *testing.T) {
	for _, p := range listPackages(t) {
		if strings.HasPrefix(p.ImportPath, "maieutic/cmd/") {
			continue
		}
		from := area(p.ImportPath)
		if from == "" {
			t.Errorf("%s stands outside the layout", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, "maieutic/") {
				if slices.Contains(standardOnly, p.ImportPath) && strings.Contains(strings.Split(imported, "/")[0], ".") {
					t.Errorf("%s imports %s; it may use the standard library only", p.ImportPath, imported)
				}
				continue
			}
			to := area(imported)
			if to != from && !slices.Contains(allowed[from], to) {
				t.Errorf("%s imports %s; %s may import %v", p.ImportPath, imported, from, allowed[from])
			}
		}
	}
}
