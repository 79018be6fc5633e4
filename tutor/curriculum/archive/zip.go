package archive

import (
	"archive/zip"
	"cmp"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"maieutic/tutor"
)

// small is the size up to which the ratio is not looked at: a short file of
// one letter packs well and does no harm.
const small = 1 << 20

// Zip takes a zip package of size bytes. Every entry is checked before any is
// unpacked; one bad entry refuses the package.
func Zip(r io.ReaderAt, size int64, limits Limits) (*Files, error) {
	reader, err := zip.NewReader(r, size)
	if err != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "the file is neither a folder nor a zip package that can be read (%v)", err)
	}
	c := &checker{limits: limits, files: map[string]*zip.File{}, taken: map[string]bool{}, folders: map[string]bool{}}
	if len(reader.File) > limits.Files {
		return nil, tutor.Errorf(tutor.CodeInvalid, "the package holds more than %d files; import a part of it", limits.Files)
	}
	for _, file := range reader.File {
		if err := c.check(file); err != nil {
			return nil, err
		}
	}
	for name := range c.taken {
		if c.folders[name] {
			return nil, refuse(name, "is both a file and a folder")
		}
	}
	if err := c.overlap(); err != nil {
		return nil, err
	}
	return &Files{zipped: c.files, names: slices.Sorted(maps.Keys(c.files)), limits: limits}, nil
}

func refuse(name, why string) error {
	return tutor.Errorf(tutor.CodeInvalid, "the package is refused: its entry %q %s; unpack it, look at it, and pack it again", name, why)
}

type checker struct {
	limits  Limits
	files   map[string]*zip.File
	taken   map[string]bool // names of files, letters folded
	folders map[string]bool // names of folders that files stand in, letters folded
	total   uint64
}

func (c *checker) check(file *zip.File) error {
	name, isFolder := strings.CutSuffix(file.Name, "/")
	mode := file.Mode()
	switch {
	case strings.ContainsAny(name, "\\:\x00"):
		return refuse(file.Name, "has a backslash, a colon or a NUL in its name")
	case !fs.ValidPath(name) || name == ".":
		return refuse(file.Name, "leads out of the package or has no plain path")
	case mode&fs.ModeSymlink != 0:
		return refuse(file.Name, "is a link")
	case !mode.IsRegular() && !mode.IsDir():
		return refuse(file.Name, "is neither a file nor a folder")
	case isFolder || mode.IsDir():
		return nil
	case file.Flags&1 != 0:
		return refuse(file.Name, "is encrypted")
	case file.Method != zip.Store && file.Method != zip.Deflate:
		return refuse(file.Name, "is packed by a method that is not known")
	case c.taken[strings.ToLower(name)]:
		return refuse(file.Name, "is there twice")
	}
	if err := c.checkSize(file); err != nil {
		return err
	}
	folded := strings.ToLower(name)
	c.taken[folded] = true
	for dir := path.Dir(folded); dir != "." && !c.folders[dir]; dir = path.Dir(dir) {
		c.folders[dir] = true
	}
	c.files[name] = file
	return nil
}

// checkSize goes by the sizes that the package declares. They may lie; Read
// counts again what comes out.
func (c *checker) checkSize(file *zip.File) error {
	unpacked, packed := file.UncompressedSize64, max(1, file.CompressedSize64)
	c.total += min(unpacked, 1<<60)
	switch {
	case unpacked > small && unpacked/packed > uint64(c.limits.Ratio):
		return refuse(file.Name, "unpacks to too many times its size")
	case c.total > uint64(c.limits.Total):
		return tutor.Errorf(tutor.CodeInvalid, "the package unpacks to more than %d MiB; import a part of it", c.limits.Total>>20)
	}
	return nil
}

// overlap refuses entries that share their packed bytes, by which a small
// package unpacks to any size.
func (c *checker) overlap() error {
	type span struct {
		name       string
		start, end int64
	}
	spans := make([]span, 0, len(c.files))
	for name, file := range c.files {
		start, err := file.DataOffset()
		if err != nil {
			return refuse(name, "is not where the package says")
		}
		spans = append(spans, span{name, start, start + int64(min(file.CompressedSize64, 1<<60))})
	}
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name))
	})
	for i := 1; i < len(spans); i++ {
		if spans[i].start < spans[i-1].end {
			return refuse(spans[i].name, "overlaps another one")
		}
	}
	return nil
}
