package web

import (
	"io"
	"net/http"
	"strings"
	"time"

	"maieutic/tutor"
)

// rubricJSON is a rubric with what stands beside its content.
type rubricJSON struct {
	tutor.Rubric
	Version  string     `json:"version"`
	CourseID string     `json:"course_id"`
	Current  bool       `json:"current"`
	By       string     `json:"by,omitempty"`
	At       *time.Time `json:"at,omitempty"`
}

func rubricWire(r tutor.Rubric, current bool) rubricJSON {
	r.Foreign = nil
	return rubricJSON{Rubric: r, Version: r.Version, CourseID: r.CourseID, Current: current}
}

type rubricEntryJSON struct {
	ID       string   `json:"id"`
	Version  string   `json:"version"`
	Title    string   `json:"title"`
	Criteria int      `json:"criteria_count"`
	Authored bool     `json:"authored"`
	Retired  bool     `json:"retired"`
	Tasks    []string `json:"tasks"`
}

func (s *Server) apiRubrics(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	course := r.URL.Query().Get("course_id")
	if course == "" {
		return tutor.Errorf(tutor.CodeInvalid, "name a course_id")
	}
	entries, err := s.config.Store.Rubrics(r.Context(), account, course)
	if err != nil {
		return err
	}
	out := make([]rubricEntryJSON, 0, len(entries))
	for _, e := range entries {
		out = append(out, rubricEntryJSON{ID: e.Rubric.ID, Version: e.Rubric.Version, Title: e.Rubric.Title, Criteria: len(e.Rubric.Criteria),
			Authored: e.Authored, Retired: e.Retired, Tasks: list(e.Tasks)})
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// apiRubric answers with a rubric as it is here, or as a file of another format.
// What the file could not hold is counted in a header.
func (s *Server) apiRubric(w http.ResponseWriter, r *http.Request) error {
	account, err := viewer(r)
	if err != nil {
		return err
	}
	if r.URL.Query().Get("format") != "" {
		file, err := s.exportRubric(r, account)
		if err != nil {
			return err
		}
		for _, loss := range file.Losses {
			w.Header().Add("Maieutic-Loss", loss.Code)
		}
		sendRubric(w, file)
		return nil
	}
	v, err := s.config.Store.Rubric(r.Context(), account, r.PathValue("id"), r.URL.Query().Get("version"))
	if err != nil {
		return err
	}
	out := rubricWire(v.Rubric, v.Current)
	out.By, out.At = v.By, &v.At
	writeJSON(w, http.StatusOK, out)
	return nil
}

type outcomeJSON struct {
	Change   tutor.RubricChangeKind       `json:"change"`
	Drafts   map[tutor.RescoreOutcome]int `json:"drafts"`
	Scores   map[tutor.RescoreOutcome]int `json:"scores"`
	Learners int                          `json:"learners"`
	Waiting  int                          `json:"waiting"`
}

// apiImportRubrics reads the file that is the body. Without "into" its rubrics are
// new ones of a course. With it the one rubric of the file becomes the next
// version of another; If-Match names the version that it was made from, and
// "dry_run" only says what it would do.
func (s *Server) apiImportRubrics(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	files, err := s.files()
	if err != nil {
		return err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return tutor.Errorf(tutor.CodeInvalid, "the file is larger than the server takes")
	}
	query := r.URL.Query()
	in, err := files.Import(query.Get("format"), body)
	if err != nil {
		return err
	}
	if into := query.Get("into"); into != "" {
		return s.importInto(w, r, account, into, in)
	}
	saved, err := s.saveImport(r, account, query.Get("course_id"), in)
	if err != nil {
		return err
	}
	out := make([]rubricJSON, 0, len(saved))
	for _, rubric := range saved {
		out = append(out, rubricWire(rubric, true))
	}
	writeJSON(w, http.StatusCreated, map[string]any{"rubrics": out, "losses": list(in.Losses)})
	return nil
}

func (s *Server) importInto(w http.ResponseWriter, r *http.Request, account tutor.Account, into string, in tutor.RubricImport) error {
	now, err := s.config.Store.Rubric(r.Context(), account, into, "")
	if err != nil {
		return err
	}
	after, err := in.NextVersion(now.Rubric)
	if err != nil {
		return err
	}
	var run tutor.RubricDryRun
	if r.URL.Query().Has("dry_run") {
		run, err = s.config.Store.DryRunRubric(r.Context(), account, into, after)
	} else {
		base := strings.Trim(r.Header.Get("If-Match"), `"`)
		if base == "" {
			return tutor.Errorf(tutor.CodeInvalid, `say with If-Match: "VERSION" which version the file was made from`)
		}
		run, err = s.config.Store.ApplyRubric(r.Context(), account, into, after, base)
	}
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{"losses": list(in.Losses),
		"outcome": outcomeJSON{run.Change.Kind, run.Drafts, run.Scores, run.Learners, run.Waiting}})
	return nil
}
