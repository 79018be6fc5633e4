package cluster

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maieutic/tutor"
)

// installed lays out a directory of binaries that say they are of a version.
func installed(t *testing.T, version string, vector bool) string {
	t.Helper()
	bin := t.TempDir()
	for name, says := range map[string]string{"postgres": "postgres (PostgreSQL) " + version + " (Debian)", "pg_config": bin} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\necho '"+says+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if vector {
		if err := os.Mkdir(filepath.Join(bin, "extension"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(bin, "extension", "vector.control"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

func TestChoose(t *testing.T) {
	old := installed(t, "14.3", true)
	fifteen := installed(t, "15.20", true)
	seventeen := installed(t, "17.2", true)
	bare := installed(t, "18beta1", false)
	for name, test := range map[string]struct {
		dirs []string
		want int
		dir  string // the one chosen, "" for none
		says string // in the error
	}{
		"nothing":                     {nil, 0, "", "install.sh"},
		"no such directory":           {[]string{"/nonexistent"}, 0, "", "install.sh"},
		"too old":                     {[]string{old}, 0, "", "15 or newer"},
		"without pgvector":            {[]string{bare}, 0, "", "Postgres 18 is here, but its extension pgvector is not"},
		"the newest with pgvector":    {[]string{fifteen, seventeen, bare, old}, 0, seventeen, ""},
		"the one that wrote the data": {[]string{fifteen, seventeen}, 15, fifteen, ""},
		"that one is not here":        {[]string{fifteen, seventeen}, 16, "", "postgresql-16"},
		"that one lacks pgvector":     {[]string{fifteen, bare}, 18, "", "pgvector is not"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := choose(installations(test.dirs), test.want)
			if test.dir != "" {
				if err != nil || got.postgres != filepath.Join(test.dir, "postgres") {
					t.Errorf("chose %q, %v", got.postgres, err)
				}
				return
			}
			if tutor.ErrorCode(err) != tutor.CodeUnavailable || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestDataVersion(t *testing.T) {
	data := t.TempDir()
	if v, err := dataVersion(data); v != 0 || err != nil {
		t.Errorf("no data: %d, %v", v, err)
	}
	for content, want := range map[string]int{"15\n": 15, "17": 17, "": 0, "nine": 0, "-1": 0} {
		if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		v, err := dataVersion(data)
		if v != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %d, %v", content, v, err)
		}
	}
}
