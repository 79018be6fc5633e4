package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"maieutic/dialogue"
	"maieutic/tutor"
)

// Documents reads the words of files.
type Documents interface {
	// Read returns the text of a file and codes of what was done to it on the way.
	// Name is what its owner calls it. CodeInvalid is for a file that cannot be read.
	Read(ctx context.Context, file []byte, name string) (text string, notes []string, err error)
}

const (
	maxUpload     = 8 << 20
	uploadPath    = "/v1/documents"
	uploadWrapper = 64 << 10 // what a form adds to a file
	maxParts      = 20
)

// newUploads allows each account a dozen files at once and one every ten seconds.
func newUploads() *limiter { return newLimiter(10*time.Second, 12) }

// reads reports whether the server reads documents.
func (s *Server) reads() bool { return s.config.Documents != nil }

// apiDocument answers with the text of a file. Nothing of it is kept.
func (s *Server) apiDocument(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	if !s.reads() {
		return tutor.Errorf(tutor.CodeUnavailable, "this server reads no files; copy the text and paste it instead")
	}
	if ok, wait := s.uploads.take(account.ID, s.config.Now()); !ok {
		return tutor.Errorf(tutor.CodeRateLimited, "too many files at once; wait %d seconds and try again", int(wait.Seconds())+1)
	}
	file, name, err := uploaded(r)
	if err != nil {
		return err
	}
	text, notes, err := s.config.Documents.Read(r.Context(), file, name)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{"text": text, "words": dialogue.CountWords(text), "notes": list(notes)})
	return nil
}

// uploaded returns the file in a request: the field "file" of a form, or the body
// itself, whose name stands in Content-Disposition.
func uploaded(r *http.Request) (file []byte, name string, err error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		_, disposition, _ := mime.ParseMediaType(r.Header.Get("Content-Disposition"))
		file, err = readFile(r.Body)
		return file, disposition["filename"], err
	}
	form, err := r.MultipartReader()
	if err != nil {
		return nil, "", tutor.Errorf(tutor.CodeInvalid, "the form cannot be read; send the file in the field file")
	}
	for range maxParts {
		part, err := form.NextPart()
		if err != nil {
			return nil, "", missingFile(err)
		}
		if part.FormName() == "file" {
			file, err = readFile(part)
			return file, part.FileName(), err
		}
	}
	return nil, "", missingFile(io.EOF)
}

func missingFile(err error) error {
	if tooLarge(err) {
		return errTooLarge
	}
	return tutor.Errorf(tutor.CodeInvalid, "there is no file in the form; send it in the field file")
}

var errTooLarge = tutor.Errorf(tutor.CodeInvalid, "the file is larger than %d MiB; copy its text and paste it instead", maxUpload>>20)

func tooLarge(err error) bool {
	var over *http.MaxBytesError
	return errors.As(err, &over)
}

func readFile(from io.Reader) ([]byte, error) {
	file, err := io.ReadAll(io.LimitReader(from, maxUpload+1))
	switch {
	case tooLarge(err) || len(file) > maxUpload:
		return nil, errTooLarge
	case err != nil:
		return nil, tutor.Errorf(tutor.CodeInvalid, "the file did not arrive whole; send it again")
	case len(file) == 0:
		return nil, tutor.Errorf(tutor.CodeInvalid, "the file is empty; choose another one")
	}
	return file, nil
}
