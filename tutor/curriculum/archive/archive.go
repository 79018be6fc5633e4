// Package archive opens folders and zip packages of course material from
// strangers: names that leave the folder, links, twins and bombs are refused.
package archive

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"maieutic/tutor"
)

// Limits bound what is read from one folder or package.
type Limits struct {
	Files int   // how many there may be
	File  int64 // bytes of one file, unpacked
	Total int64 // bytes of all files that are read, unpacked
	Ratio int64 // how many times its packed size a file of more than 1 MiB may have
}

// Defaults suit a textbook with its media.
func Defaults() Limits {
	return Limits{Files: 50_000, File: 64 << 20, Total: 2 << 30, Ratio: 200}
}

// Files is a folder or package that was found in order. It is not safe for
// concurrent use.
type Files struct {
	fsys   fs.FS
	zipped map[string]*zip.File // nil for a folder
	names  []string
	limits Limits
	read   int64
	close  []io.Closer
}

// Open opens a folder, a zip package or a single XML file by its path. The error
// is CodeInvalid when the package breaks a rule or a limit.
func Open(name string, limits Limits) (*Files, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s is not there or cannot be read", name)
	}
	if info.IsDir() {
		root, err := os.OpenRoot(name)
		if err != nil {
			return nil, tutor.Errorf(tutor.CodeInvalid, "%s cannot be opened", name)
		}
		files, err := FromFS(root.FS(), limits)
		if err != nil {
			return nil, errors.Join(err, root.Close())
		}
		files.close = append(files.close, root)
		return files, nil
	}
	if ending := strings.ToLower(filepath.Ext(name)); ending == ".xml" || ending == ".cnxml" {
		return single(name, limits)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s cannot be opened", name)
	}
	files, err := Zip(file, info.Size(), limits)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	files.close = append(files.close, file)
	return files, nil
}

// single is a folder of which one file is seen.
func single(name string, limits Limits) (*Files, error) {
	root, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s cannot be opened", name)
	}
	return &Files{fsys: root.FS(), names: []string{filepath.Base(name)}, limits: limits, close: []io.Closer{root}}, nil
}

// FromFS takes the regular files of a file system; links are passed over.
func FromFS(fsys fs.FS, limits Limits) (*Files, error) {
	f := &Files{fsys: fsys, limits: limits}
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return tutor.Errorf(tutor.CodeInvalid, "%s cannot be read", name)
		}
		if entry.Type().IsRegular() {
			f.names = append(f.names, name)
		}
		if len(f.names) > limits.Files {
			return tutor.Errorf(tutor.CodeInvalid, "the folder holds more than %d files; import a part of it", limits.Files)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(f.names)
	return f, nil
}

// Names lists the files in order of their slashed paths. The caller must not
// change it.
func (f *Files) Names() []string { return f.names }

// Has reports whether there is a file of that path.
func (f *Files) Has(name string) bool {
	_, found := slices.BinarySearch(f.names, name)
	return found
}

// Match returns the files whose last path element fits a pattern of path.Match.
func (f *Files) Match(pattern string) []string {
	var out []string
	for _, name := range f.names {
		if ok, _ := path.Match(pattern, path.Base(name)); ok {
			out = append(out, name)
		}
	}
	return out
}

// Read returns a file. The error is CodeNotFound when there is none of that
// name, CodeInvalid past a limit.
func (f *Files) Read(name string) ([]byte, error) {
	if !f.Has(name) {
		return nil, tutor.Errorf(tutor.CodeNotFound, "there is no file %s", name)
	}
	file, err := f.open(name)
	if err != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s cannot be opened", name)
	}
	defer func() { _ = file.Close() }()
	left := min(f.limits.File, f.limits.Total-f.read)
	raw, err := io.ReadAll(io.LimitReader(file, left+1))
	f.read += int64(len(raw))
	switch {
	case err != nil:
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s is damaged (%v); pack it again", name, err)
	case int64(len(raw)) > left && left < f.limits.File:
		return nil, tutor.Errorf(tutor.CodeInvalid, "the files come to more than %d MiB; import a part of them", f.limits.Total>>20)
	case int64(len(raw)) > left:
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s is larger than %d MiB", name, f.limits.File>>20)
	}
	return raw, nil
}

func (f *Files) open(name string) (io.ReadCloser, error) {
	if f.zipped != nil {
		return f.zipped[name].Open()
	}
	return f.fsys.Open(name)
}

// Close frees what Open opened.
func (f *Files) Close() error {
	var errs []error
	for _, c := range f.close {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// Resolve returns the path that a reference in a file names, "" when it leads
// out of the folder or elsewhere on the web. A query and a fragment are cut off.
func Resolve(from, reference string) string {
	reference, _, _ = strings.Cut(reference, "#")
	reference, _, _ = strings.Cut(reference, "?")
	if reference == "" || strings.Contains(reference, ":") || strings.ContainsAny(reference, "\\\x00") || strings.HasPrefix(reference, "/") {
		return ""
	}
	name := path.Join(path.Dir(from), reference)
	if !fs.ValidPath(name) || name == "." {
		return ""
	}
	return name
}
