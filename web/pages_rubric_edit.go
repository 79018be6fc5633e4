package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"maieutic/tutor"
	"maieutic/web/page"
)

// The form of a rubric. It works without a script: each button sends the whole
// form and says what to do with it.

func (s *Server) pageNewRubric(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	form := page.RubricForm{CourseID: r.URL.Query().Get("course_id"), Language: account.Language}
	form.Criteria = append(form.Criteria, newCriterion())
	return s.showRubricForm(w, r, http.StatusOK, form)
}

func newCriterion() page.RubricFormCriterion {
	return page.RubricFormCriterion{Weight: "1", Levels: []page.RubricFormLevel{{Points: "0"}, {Points: "1"}, {Points: "2"}}}
}

func (s *Server) formNewRubric(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	form, done, err := s.readRubricForm(r)
	if err != nil || !done {
		return s.againRubric(w, r, form, err)
	}
	rubric, err := rubricOf(form, tutor.Rubric{})
	if err == nil {
		rubric.CourseID = form.CourseID
		rubric, err = s.config.Store.SaveRubric(r.Context(), account, rubric, "")
	}
	if err != nil {
		return s.againRubric(w, r, form, err)
	}
	http.Redirect(w, r, rubricPath(rubric.ID)+"?saved", http.StatusSeeOther)
	return nil
}

func (s *Server) pageEditRubric(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	now, err := s.config.Store.Rubric(r.Context(), account, r.PathValue("id"), "")
	if err != nil {
		return err
	}
	return s.showRubricForm(w, r, http.StatusOK, formOf(now.Rubric))
}

func (s *Server) formEditRubric(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	form, done, err := s.readRubricForm(r)
	form.ID = r.PathValue("id")
	base, gone := s.config.Store.Rubric(r.Context(), account, form.ID, form.Base)
	if gone != nil {
		return gone
	}
	form.CourseID = base.Rubric.CourseID
	if err != nil || !done {
		return s.againRubric(w, r, form, err)
	}
	after, err := rubricOf(form, base.Rubric)
	if err == nil {
		err = s.previewRubric(w, r, account, form.Base, after, nil)
	}
	if tutor.ErrorCode(err) == tutor.CodeInvalid {
		return s.againRubric(w, r, form, err)
	}
	return err
}

// againRubric shows the form once more: a button asked for it, or something in
// it is wrong.
func (s *Server) againRubric(w http.ResponseWriter, r *http.Request, form page.RubricForm, err error) error {
	switch {
	case err == nil:
		return s.showRubricForm(w, r, http.StatusOK, form)
	case tutor.ErrorCode(err) != tutor.CodeInvalid:
		return err
	}
	form.Problem = tutor.ErrorMessage(err)
	return s.showRubricForm(w, r, http.StatusBadRequest, form)
}

func (s *Server) showRubricForm(w http.ResponseWriter, r *http.Request, status int, form page.RubricForm) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	courses, err := s.config.Store.Courses(r.Context(), account)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(courses, func(c tutor.CourseOutline) bool { return c.ID == form.CourseID })
	if at < 0 {
		return tutor.Errorf(tutor.CodeNotFound, "there is no such course, or you may not see it")
	}
	form.Course, form.Skills, form.Aspects = courses[at].Title, courses[at].Skills, tutor.Aspects
	for i := range form.Criteria {
		form.Criteria[i].N = i
		for j := range form.Criteria[i].Levels {
			form.Criteria[i].Levels[j].N = j
		}
	}
	title := s.words(r, "rubric_new")
	if form.ID != "" {
		title = s.words(r, "rubric_edit")
	}
	return s.show(w, r, status, "rubric_edit", title, form)
}

func formOf(r tutor.Rubric) page.RubricForm {
	form := page.RubricForm{ID: r.ID, Base: r.Version, CourseID: r.CourseID, Title: r.Title, Description: r.Description,
		Language: r.Language, Source: r.Source, License: r.License}
	for _, c := range r.Criteria {
		fc := page.RubricFormCriterion{ID: c.ID, Title: c.Title, Description: c.Description, Weight: amountText(c.Weight), Aspect: c.Aspect, Skills: map[string]bool{}}
		for _, k := range c.Skills {
			fc.Skills[k] = true
		}
		for _, l := range c.Levels {
			fc.Levels = append(fc.Levels, page.RubricFormLevel{ID: l.ID, Title: l.Title, Description: l.Description, Points: amountText(l.Points)})
		}
		form.Criteria = append(form.Criteria, fc)
	}
	return form
}

func amountText(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// readRubricForm reads what was typed and does what the button says. Done is true
// when it asks to go on rather than for another row.
func (s *Server) readRubricForm(r *http.Request) (form page.RubricForm, done bool, err error) {
	if err := r.ParseForm(); err != nil {
		return form, false, tutor.Errorf(tutor.CodeInvalid, "the form is larger than the server takes")
	}
	form = page.RubricForm{Base: r.PostFormValue("base"), CourseID: r.PostFormValue("course_id"), Title: wantsText(r, "title"), Description: wantsText(r, "description"),
		Language: wantsText(r, "language"), Source: wantsText(r, "source"), License: wantsText(r, "license")}
	for i := range min(count(r, "criteria"), tutor.MaxCriteria) {
		name := fmt.Sprintf("c%d.", i)
		c := page.RubricFormCriterion{ID: r.PostFormValue(name + "id"), Title: wantsText(r, name+"title"), Description: wantsText(r, name+"description"),
			Weight: wantsText(r, name+"weight"), Aspect: tutor.Aspect(r.PostFormValue(name + "aspect")), Skills: map[string]bool{}}
		for _, k := range r.PostForm[name+"skills"] {
			c.Skills[k] = true
		}
		for j := range min(count(r, name+"levels"), tutor.MaxLevels) {
			name := fmt.Sprintf("%sl%d.", name, j)
			c.Levels = append(c.Levels, page.RubricFormLevel{ID: r.PostFormValue(name + "id"), Title: wantsText(r, name+"title"),
				Description: wantsText(r, name+"description"), Points: wantsText(r, name+"points")})
		}
		form.Criteria = append(form.Criteria, c)
	}
	return form, rowOfRubric(&form, r.PostFormValue("do")), nil
}

func count(r *http.Request, name string) int {
	n, _ := strconv.Atoi(r.PostFormValue(name))
	return max(n, 0)
}

// rowOfRubric adds, removes or moves a row, and reports whether there was nothing
// of the kind to do.
func rowOfRubric(form *page.RubricForm, do string) (done bool) {
	what, at, _ := strings.Cut(do, ":")
	first, second, _ := strings.Cut(at, ".")
	c, _ := strconv.Atoi(first)
	l, _ := strconv.Atoi(second)
	here := c >= 0 && c < len(form.Criteria)
	switch {
	case what == "add-criterion" && len(form.Criteria) < tutor.MaxCriteria:
		form.Criteria = append(form.Criteria, newCriterion())
	case what == "remove-criterion" && here:
		form.Criteria = slices.Delete(form.Criteria, c, c+1)
	case what == "up" && here && c > 0:
		form.Criteria[c-1], form.Criteria[c] = form.Criteria[c], form.Criteria[c-1]
	case what == "add-level" && here && len(form.Criteria[c].Levels) < tutor.MaxLevels:
		form.Criteria[c].Levels = append(form.Criteria[c].Levels, page.RubricFormLevel{})
	case what == "remove-level" && here && l >= 0 && l < len(form.Criteria[c].Levels):
		form.Criteria[c].Levels = slices.Delete(form.Criteria[c].Levels, l, l+1)
	case what == "preview" || what == "save":
		return true
	}
	return false
}

// rubricOf makes a rubric of a form. What is kept of other systems is base's.
func rubricOf(form page.RubricForm, base tutor.Rubric) (tutor.Rubric, error) {
	r := tutor.Rubric{ID: orNew(base.ID), CourseID: base.CourseID, Title: form.Title, Description: form.Description, Language: form.Language,
		Source: form.Source, License: form.License, Foreign: base.Foreign}
	taken := map[string]bool{}
	for i, fc := range form.Criteria {
		was, _ := base.Criterion(fc.ID)
		c := tutor.RubricCriterion{ID: freeID(fc.ID, fc.Title, taken), Title: fc.Title, Description: fc.Description, Aspect: fc.Aspect, Foreign: was.Foreign}
		if c.Aspect != "" && !slices.Contains(tutor.Aspects, c.Aspect) {
			return r, tutor.Errorf(tutor.CodeInvalid, "there is no aspect %q", c.Aspect)
		}
		var err error
		if c.Weight, err = amountOf(fc.Weight); err != nil {
			return r, tutor.Errorf(tutor.CodeInvalid, "criterion %d: its weight must be a number such as 1 or 2.5", i+1)
		}
		for k := range fc.Skills {
			c.Skills = append(c.Skills, k)
		}
		inOrderOf(c.Skills, was.Skills)
		levels := map[string]bool{}
		for j, fl := range fc.Levels {
			old, _ := was.Level(fl.ID)
			l := tutor.RubricLevel{ID: freeID(fl.ID, fl.Title, levels), Title: fl.Title, Description: fl.Description, Foreign: old.Foreign}
			if l.Points, err = amountOf(fl.Points); err != nil {
				return r, tutor.Errorf(tutor.CodeInvalid, "criterion %d, level %d: its points must be a number such as 1 or 2.5", i+1, j+1)
			}
			c.Levels = append(c.Levels, l)
		}
		slices.SortStableFunc(c.Levels, func(a, b tutor.RubricLevel) int { return cmpFloat(a.Points, b.Points) })
		r.Criteria = append(r.Criteria, c)
	}
	return r, r.Validate()
}

func orNew(id string) string {
	if id == "" {
		return uuid.NewString()
	}
	return id
}

// inOrderOf sorts skills as they stood before, new ones after them by name.
func inOrderOf(skills, before []string) {
	slices.SortFunc(skills, func(a, b string) int {
		i, j := slices.Index(before, a), slices.Index(before, b)
		switch {
		case i >= 0 && j >= 0:
			return i - j
		case i >= 0:
			return -1
		case j >= 0:
			return 1
		}
		return strings.Compare(a, b)
	})
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// amountOf reads a number with a point or a comma.
func amountOf(text string) (float64, error) {
	text = strings.Replace(text, ",", ".", 1)
	if strings.Trim(text, "+-.0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(text, 64)
}

// freeID is the id of a row: the one it has, else one of its title.
func freeID(id, title string, taken map[string]bool) string {
	if id == "" {
		words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
		if id = strings.Join(words[:min(len(words), 6)], "-"); id == "" {
			id = uuid.NewString()[:8]
		}
	}
	free := id
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s-%d", id, n)
	}
	taken[free] = true
	return free
}

// previewRubric shows what a change would do.
func (s *Server) previewRubric(w http.ResponseWriter, r *http.Request, account tutor.Account, base string, after tutor.Rubric, losses []tutor.RubricLoss) error {
	run, err := s.config.Store.DryRunRubric(r.Context(), account, after.ID, after)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(after)
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "rubric_preview", after.Title, page.RubricPreview{ID: after.ID, Base: base, Title: after.Title,
		JSON: string(raw), Run: run, Outcomes: tutor.RescoreOutcomes, Losses: losses})
}

func (s *Server) formApplyRubric(w http.ResponseWriter, r *http.Request) error {
	account, err := staff(r)
	if err != nil {
		return err
	}
	var after tutor.Rubric
	if err := json.Unmarshal([]byte(r.PostFormValue("rubric")), &after); err != nil {
		return tutor.Errorf(tutor.CodeInvalid, "the form is not complete; begin with the edit again")
	}
	id := r.PathValue("id")
	if _, err := s.config.Store.ApplyRubric(r.Context(), account, id, after, r.PostFormValue("base")); err != nil {
		return err
	}
	http.Redirect(w, r, rubricPath(id)+"?saved", http.StatusSeeOther)
	return nil
}
