package web

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"maieutic/tutor"
	"maieutic/web/page"
)

// rubricRoutes adds the pages of rubrics, which are for staff, and their API.
func (s *Server) rubricRoutes(pages, api func(pattern string, h endpoint)) {
	pages("GET /rubrics", s.pageRubrics)
	pages("POST /rubrics", s.formUploadRubric)
	pages("GET /rubrics/new", s.pageNewRubric)
	pages("POST /rubrics/new", s.formNewRubric)
	pages("GET /rubrics/{id}", s.pageRubric)
	pages("GET /rubrics/{id}/file", s.fileRubric)
	pages("GET /rubrics/{id}/edit", s.pageEditRubric)
	pages("POST /rubrics/{id}/edit", s.formEditRubric)
	pages("POST /rubrics/{id}/apply", s.formApplyRubric)
	api("GET /v1/rubrics", s.apiRubrics)
	api("POST /v1/rubrics", s.apiImportRubrics)
	api("GET /v1/rubrics/{id}", s.apiRubric)
}

func (s *Server) pageRubrics(w http.ResponseWriter, r *http.Request) error {
	return s.showRubrics(w, r, http.StatusOK, page.Rubrics{})
}

// showRubrics shows the rubrics of each course the viewer sees.
func (s *Server) showRubrics(w http.ResponseWriter, r *http.Request, status int, data page.Rubrics) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	courses, err := s.config.Store.Courses(r.Context(), account)
	if err != nil {
		return err
	}
	data.Formats = rubricFormats
	for _, c := range courses {
		rubrics, err := s.config.Store.Rubrics(r.Context(), account, c.ID)
		if err != nil {
			return err
		}
		data.Courses = append(data.Courses, page.RubricCourse{ID: c.ID, Title: c.Title, Rubrics: rubrics})
	}
	return s.show(w, r, status, "rubrics", s.words(r, "nav_rubrics"), data)
}

func (s *Server) pageRubric(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	entry, err := s.config.Store.RubricEntry(r.Context(), account, id)
	if err != nil {
		return err
	}
	shown, err := s.config.Store.Rubric(r.Context(), account, id, r.URL.Query().Get("version"))
	if err != nil {
		return err
	}
	versions, err := s.config.Store.RubricVersions(r.Context(), account, id)
	if err != nil {
		return err
	}
	if err := s.nameSkills(r, account, &shown.Rubric); err != nil {
		return err
	}
	data := page.Rubric{Entry: entry, Shown: shown, Formats: rubricFormats, Saved: r.URL.Query().Has("saved"), MayEdit: shown.Current}
	for i, v := range versions {
		step := page.RubricStep{RubricVersion: v}
		if i+1 < len(versions) {
			step.Change = tutor.CompareRubrics(versions[i+1].Rubric, v.Rubric).Kind
		}
		data.Versions = append(data.Versions, step)
	}
	return s.show(w, r, http.StatusOK, "rubric", shown.Rubric.Title, data)
}

// nameSkills puts the titles of skills in the place of their ids, for a page. One
// that has left the course keeps its id.
func (s *Server) nameSkills(r *http.Request, account tutor.Account, rubric *tutor.Rubric) error {
	courses, err := s.config.Store.Courses(r.Context(), account)
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for _, c := range courses {
		for _, k := range c.Skills {
			titles[k.ID] = k.Title
		}
	}
	for i := range rubric.Criteria {
		for j, id := range rubric.Criteria[i].Skills {
			if title := titles[id]; title != "" {
				rubric.Criteria[i].Skills[j] = title
			}
		}
	}
	return nil
}

// files is what reads and writes files of other systems.
func (s *Server) files() (RubricFiles, error) {
	if s.config.Rubrics == nil {
		return nil, tutor.Errorf(tutor.CodeUnavailable, "this server takes no files of rubrics")
	}
	return s.config.Rubrics, nil
}

// exportRubric writes the version that the request names in its format.
func (s *Server) exportRubric(r *http.Request, account tutor.Account) (tutor.RubricFile, error) {
	files, err := s.files()
	if err != nil {
		return tutor.RubricFile{}, err
	}
	version, err := s.config.Store.Rubric(r.Context(), account, r.PathValue("id"), r.URL.Query().Get("version"))
	if err != nil {
		return tutor.RubricFile{}, err
	}
	return files.Export(r.URL.Query().Get("format"), []tutor.Rubric{version.Rubric}, version.At)
}

func (s *Server) fileRubric(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	file, err := s.exportRubric(r, account)
	if err != nil {
		return err
	}
	sendRubric(w, file)
	return nil
}

func sendRubric(w http.ResponseWriter, file tutor.RubricFile) {
	w.Header().Set("Content-Type", file.Type)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(file.Data)
}

// formUploadRubric reads a file: into new rubrics of a course, or as a change of
// one, which is shown before it is made.
func (s *Server) formUploadRubric(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	in, err := s.uploaded(r)
	if err != nil {
		return err
	}
	if into := r.PostFormValue("into"); into != "" {
		now, err := s.config.Store.Rubric(r.Context(), account, into, "")
		if err != nil {
			return err
		}
		after, err := in.NextVersion(now.Rubric)
		if err != nil {
			return err
		}
		return s.previewRubric(w, r, account, now.Rubric.Version, after, in.Losses)
	}
	saved, err := s.saveImport(r, account, r.PostFormValue("course_id"), in)
	if err != nil {
		return err
	}
	if len(saved) == 1 && len(in.Losses) == 0 {
		http.Redirect(w, r, rubricPath(saved[0].ID)+"?saved", http.StatusSeeOther)
		return nil
	}
	return s.showRubrics(w, r, http.StatusOK, page.Rubrics{Added: len(saved), Losses: in.Losses})
}

func rubricPath(id string) string { return "/rubrics/" + url.PathEscape(id) }

// uploaded reads the file of a form.
func (s *Server) uploaded(r *http.Request) (tutor.RubricImport, error) {
	files, err := s.files()
	if err != nil {
		return tutor.RubricImport{}, err
	}
	if err := r.ParseMultipartForm(maxRubricBody); err != nil {
		return tutor.RubricImport{}, tutor.Errorf(tutor.CodeInvalid, "choose a file of at most 1 MB")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	file, _, err := r.FormFile("file")
	if err != nil {
		return tutor.RubricImport{}, tutor.Errorf(tutor.CodeInvalid, "choose a file of at most 1 MB")
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(file)
	if err != nil {
		return tutor.RubricImport{}, err
	}
	return files.Import(r.PostFormValue("format"), data)
}

func (s *Server) saveImport(r *http.Request, account tutor.Account, course string, in tutor.RubricImport) ([]tutor.Rubric, error) {
	var saved []tutor.Rubric
	for _, rubric := range in.Rubrics {
		rubric.CourseID = course
		rubric, err := s.config.Store.SaveRubric(r.Context(), account, rubric, "")
		if err != nil {
			return nil, err
		}
		saved = append(saved, rubric)
	}
	return saved, nil
}

// wantsText reads a field of a form: a browser sends line ends as two characters.
func wantsText(r *http.Request, name string) string {
	return strings.ReplaceAll(strings.TrimSpace(r.PostFormValue(name)), "\r\n", "\n")
}
