package archive_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"maieutic/tutor"
	"maieutic/tutor/curriculum/archive"
)

type entry struct {
	name, text string
	mode       fs.FileMode
}

func pack(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		header.SetMode(e.mode | 0o644)
		f, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(raw []byte, l archive.Limits) (*archive.Files, error) {
	return archive.Zip(bytes.NewReader(raw), int64(len(raw)), l)
}

func TestZip(t *testing.T) {
	files, err := open(pack(t, entry{name: "b/c.xml", text: "<c/>"}, entry{name: "d/"}, entry{name: "a.txt", text: "a"}), archive.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(files.Names(), []string{"a.txt", "b/c.xml"}) || !slices.Equal(files.Match("*.xml"), []string{"b/c.xml"}) {
		t.Errorf("names %v", files.Names())
	}
	if raw, err := files.Read("b/c.xml"); err != nil || string(raw) != "<c/>" {
		t.Errorf("read %q, %v", raw, err)
	}
	var coded *tutor.Error
	if _, err := files.Read("../a.txt"); !errors.As(err, &coded) || coded.Code != tutor.CodeNotFound {
		t.Errorf("a name outside: %v", err)
	}
}

// One bad entry refuses the package, with its name.
func TestRefused(t *testing.T) {
	good := entry{name: "good.txt", text: "x"}
	for why, raw := range map[string][]byte{
		"leads out of the package":       pack(t, good, entry{name: "../../etc/passwd", text: "x"}),
		"no plain path":                  pack(t, good, entry{name: "/etc/passwd", text: "x"}),
		"a/./b":                          pack(t, good, entry{name: "a/./b", text: "x"}),
		"backslash":                      pack(t, good, entry{name: `..\up.txt`, text: "x"}),
		"colon":                          pack(t, good, entry{name: "C:up.txt", text: "x"}),
		"is a link":                      pack(t, good, entry{name: "link", text: "/etc/passwd", mode: fs.ModeSymlink}),
		"neither a file nor a folder":    pack(t, good, entry{name: "pipe", mode: fs.ModeNamedPipe}),
		"is there twice":                 pack(t, good, entry{name: "GOOD.txt", text: "y"}),
		"both a file and a folder":       pack(t, good, entry{name: "good.txt/x", text: "y"}),
		"too many times its size":        pack(t, good, entry{name: "bomb", text: strings.Repeat("0", 4<<20)}),
		"neither a folder nor a zip":     []byte("not a zip at all"),
		"is packed by a method that is ": method(t, pack(t, good), 99),
		"is encrypted":                   encrypted(pack(t, good)),
	} {
		_, err := open(raw, archive.Defaults())
		var coded *tutor.Error
		if !errors.As(err, &coded) || coded.Code != tutor.CodeInvalid || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

// central finds the first record of the central directory.
func central(raw []byte) int { return bytes.Index(raw, []byte("PK\x01\x02")) }

func method(t *testing.T, raw []byte, code uint16) []byte {
	t.Helper()
	binary.LittleEndian.PutUint16(raw[central(raw)+10:], code)
	return raw
}

func encrypted(raw []byte) []byte {
	raw[central(raw)+8] |= 1
	return raw
}

// Two entries that share their packed bytes unpack to any size.
func TestOverlap(t *testing.T) {
	raw := pack(t, entry{name: "a", text: strings.Repeat("abc", 99)}, entry{name: "b", text: strings.Repeat("abc", 99)})
	second := central(raw) + 46 + 1 + bytes.Index(raw[central(raw)+47:], []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(raw[second+42:], 0) // where the first one's bytes are
	if _, err := open(raw, archive.Defaults()); err == nil || !strings.Contains(err.Error(), "overlaps") {
		t.Errorf("error %v", err)
	}
}

func TestLimits(t *testing.T) {
	raw := pack(t, entry{name: "a", text: "12345"}, entry{name: "b", text: "12345"}, entry{name: "c", text: "12345"})
	l := archive.Defaults()
	l.Files = 2
	if _, err := open(raw, l); err == nil || !strings.Contains(err.Error(), "more than 2 files") {
		t.Errorf("count: %v", err)
	}
	l = archive.Defaults()
	l.Total = 12
	if _, err := open(raw, l); err == nil || !strings.Contains(err.Error(), "unpacks to more") {
		t.Errorf("declared total: %v", err)
	}
	l = archive.Defaults()
	l.File = 4
	files, err := open(raw, l)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := files.Read("a"); err == nil || !strings.Contains(err.Error(), "a is larger") {
		t.Errorf("one file: %v", err)
	}
}

// What is read is counted, so a package that lies about its sizes and a folder
// that declares none are bounded as well.
func TestTotalRead(t *testing.T) {
	l := archive.Defaults()
	l.Total = 8
	files, err := archive.FromFS(fstest.MapFS{"a": {Data: []byte("12345")}, "b": {Data: []byte("12345")}}, l)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := files.Read("a"); err != nil {
		t.Fatal(err)
	}
	if _, err := files.Read("b"); err == nil || !strings.Contains(err.Error(), "come to more") {
		t.Errorf("error %v", err)
	}
	raw := pack(t, entry{name: "a", text: strings.Repeat("long ", 99)})
	binary.LittleEndian.PutUint32(raw[central(raw)+24:], 3) // says that it is three bytes
	lying, err := open(raw, archive.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if text, err := lying.Read("a"); err == nil {
		t.Errorf("read %d bytes of a file that says it has 3", len(text))
	}
}

// A link in a folder leads nowhere, and one that was swapped in is not followed.
func TestFolder(t *testing.T) {
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	for name, text := range map[string]string{filepath.Join(dir, "a.xml"): "<a/>", outside: "secret"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(dir, "b.xml")); err != nil {
		t.Fatal(err)
	}
	files, err := archive.Open(dir, archive.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = files.Close() }()
	if !slices.Equal(files.Names(), []string{"a.xml"}) {
		t.Errorf("names %v", files.Names())
	}
	one, err := archive.Open(filepath.Join(dir, "a.xml"), archive.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = one.Close() }()
	if raw, err := one.Read("a.xml"); err != nil || string(raw) != "<a/>" || len(one.Names()) != 1 {
		t.Errorf("a file alone: %q, %v", raw, err)
	}
	if err := errors.Join(os.Remove(filepath.Join(dir, "a.xml")), os.Symlink(outside, filepath.Join(dir, "a.xml"))); err != nil {
		t.Fatal(err)
	}
	if raw, err := files.Read("a.xml"); err == nil {
		t.Errorf("read %q through a link", raw)
	}
}

func TestResolve(t *testing.T) {
	for _, c := range [][3]string{
		{"a/b.xml", "c.xml", "a/c.xml"}, {"a/b.xml", "../c.xml?x#y", "c.xml"}, {"a/b.xml", "../../c.xml", ""}, {"a.xml", "/etc/passwd", ""},
		{"a.xml", "https://example.org/x", ""}, {"a.xml", `..\x`, ""}, {"a.xml", "", ""}, {"a.xml", "#top", ""}, {"a/b.xml", "..", ""},
	} {
		if got := archive.Resolve(c[0], c[1]); got != c[2] {
			t.Errorf("%s from %s is %q, want %q", c[1], c[0], got, c[2])
		}
	}
}

func FuzzZip(f *testing.F) {
	f.Add(pack(f, entry{name: "a/b", text: "x"}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l := archive.Limits{Files: 20, File: 1 << 16, Total: 1 << 18, Ratio: 200}
		files, err := open(raw, l)
		if err != nil {
			return
		}
		for _, name := range files.Names() {
			if !fs.ValidPath(name) {
				t.Errorf("name %q", name)
			}
			if text, err := files.Read(name); err == nil && len(text) > 1<<16 {
				t.Errorf("%d bytes", len(text))
			}
		}
	})
}
