package cluster

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"maieutic/tutor"
)

const (
	oldestMajor   = 15
	installAdvice = "run tutor/postgres/install.sh of the source tree, install the packages postgresql and postgresql-N-pgvector, or set DATABASE_URL to a server that has both"
)

// tools are the binaries of one Postgres installation.
type tools struct {
	initdb, postgres string
	major            int
}

// binDirs are the places where installations keep their binaries. Debian has
// them off the path, Homebrew too.
func binDirs() []string {
	var dirs []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
	} {
		found, _ := filepath.Glob(pattern) // the only error is that of a bad pattern
		dirs = append(dirs, found...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	return dirs
}

// dataVersion is the major version that wrote the data directory, 0 when there
// is none yet.
func dataVersion(data string) (int, error) {
	file := filepath.Join(data, "PG_VERSION")
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil || major <= 0 {
		return 0, tutor.Errorf(tutor.CodeUnavailable, "%s holds no version of Postgres; restore the directory from a backup", file)
	}
	return major, nil
}

// installation is one that was found; tools need pgvector to be of use.
type installation struct {
	tools
	vector bool
}

// installations looks into each of dirs.
func installations(dirs []string) []installation {
	var found []installation
	for _, dir := range dirs {
		t := tools{initdb: filepath.Join(dir, "initdb"), postgres: filepath.Join(dir, "postgres")}
		if t.major = majorVersion(t.postgres); t.major >= oldestMajor {
			found = append(found, installation{tools: t, vector: hasVector(dir)})
		}
	}
	return found
}

// choose returns the installation of the wanted version, because no other can
// read the data; for want 0 the newest. Only one with pgvector will do.
func choose(found []installation, want int) (tools, error) {
	best, withoutVector := tools{}, 0
	for _, in := range found {
		switch {
		case want != 0 && in.major != want:
		case !in.vector:
			withoutVector = max(withoutVector, in.major)
		case in.major > best.major:
			best = in.tools
		}
	}
	switch {
	case best.major > 0:
		return best, nil
	case withoutVector > 0:
		return tools{}, tutor.Errorf(tutor.CodeUnavailable, "Postgres %d is here, but its extension pgvector is not; %s", withoutVector, installAdvice)
	case want != 0:
		return tools{}, tutor.Errorf(tutor.CodeUnavailable,
			"the data were written by Postgres %d, which is not installed here; install postgresql-%d with its pgvector, or move the data to a newer version with pg_upgrade", want, want)
	}
	return tools{}, tutor.Errorf(tutor.CodeUnavailable, "Postgres %d or newer is not installed; %s", oldestMajor, installAdvice)
}

// majorVersion asks a postgres binary what it is, 0 when it does not say.
func majorVersion(postgres string) int {
	out, err := exec.Command(postgres, "--version").Output() // "postgres (PostgreSQL) 15.18 (…)", "17beta1", "18.0"
	fields := strings.Fields(string(out))
	if err != nil || len(fields) < 3 {
		return 0
	}
	digits := strings.IndexFunc(fields[2]+".", func(r rune) bool { return r < '0' || r > '9' })
	major, err := strconv.Atoi(fields[2][:digits])
	if err != nil {
		return 0
	}
	return major
}

func hasVector(bin string) bool {
	out, err := exec.Command(filepath.Join(bin, "pg_config"), "--sharedir").Output()
	share := strings.TrimSpace(string(out))
	if err != nil { // Debian's pg_config is in another package
		share = filepath.Join("/usr/share/postgresql", filepath.Base(filepath.Dir(bin)))
	}
	_, err = os.Stat(filepath.Join(share, "extension", "vector.control"))
	return err == nil
}
