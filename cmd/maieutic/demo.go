package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"maieutic/tutor"
	"maieutic/tutor/curriculum"
	"maieutic/web"
)

const (
	demoSchool   = "Demo School"
	demoPassword = "maieutic-demo"
	demoDomain   = "@demo.example"
)

// demoClasses are the classes of the demo school; both have every sample course.
var demoClasses = []string{"Year 8 Mathematics and Science", "Evening class"}

// demoPeople are the accounts of the demo school.
var demoPeople = []struct {
	user, name string
	role       tutor.Role
	class      int // index of demoClasses, -1 for none
}{
	{"student1", "Amara Okafor", tutor.RoleStudent, 0},
	{"student2", "Mateo Rivera", tutor.RoleStudent, 0},
	{"student3", "Mei Tanaka", tutor.RoleStudent, 0},
	{"student4", "Yusuf Haddad", tutor.RoleStudent, 1},
	{"student5", "Freya Lindqvist", tutor.RoleStudent, 1},
	{"student6", "Priya Raman", tutor.RoleStudent, 1},
	{"teacher1", "Grace Mbeki", tutor.RoleTeacher, 0},
	{"teacher2", "Daniel Kowalski", tutor.RoleTeacher, 1},
	{"admin", "Samira Rahimi", tutor.RoleAdmin, -1},
}

// makeDemo loads the sample courses and makes the demo school. What is there
// already stays as it is.
func makeDemo(ctx context.Context, r *record) error {
	school, err := r.store.CreateSchool(ctx, demoSchool)
	if err != nil {
		return err
	}
	courses, err := sampleCourses()
	if err != nil {
		return err
	}
	for _, course := range courses {
		if _, err := r.ingest(ctx, school, course, nil); err != nil {
			return err
		}
	}
	classes := make([]string, len(demoClasses))
	for i, name := range demoClasses {
		if classes[i], err = r.store.CreateClass(ctx, school, name); err != nil {
			return err
		}
		for _, course := range courses {
			if err := r.store.GiveCourse(ctx, school, classes[i], course.ID); err != nil {
				return err
			}
		}
	}
	for _, p := range demoPeople {
		account := tutor.Account{SchoolID: school, Email: p.user + demoDomain, Name: p.name, Role: p.role, Demo: true}
		account, err := r.ensureAccount(ctx, account, demoPassword)
		if err != nil {
			return err
		}
		if p.class >= 0 {
			if err := r.store.Enrol(ctx, account, classes[p.class]); err != nil {
				return err
			}
		}
	}
	return nil
}

// sampleCourses reads the courses that the binary carries.
func sampleCourses() ([]tutor.Course, error) {
	folders, err := curriculum.Samples()
	if err != nil {
		return nil, err
	}
	return loadCourses(folders)
}

// ensureAccount returns the account of this address in this school, and makes
// it with the password when there is none.
func (r *record) ensureAccount(ctx context.Context, account tutor.Account, password string) (tutor.Account, error) {
	have, _, err := r.store.AccountByEmail(ctx, account.Email)
	switch {
	case err == nil && have.SchoolID != account.SchoolID:
		return have, tutor.Errorf(tutor.CodeConflict, "%s belongs to another school", account.Email)
	case err == nil:
		return have, nil
	case tutor.ErrorCode(err) != tutor.CodeNotFound:
		return have, err
	}
	hash, err := web.HashPassword(password)
	if err != nil {
		return have, err
	}
	return r.store.CreateAccount(ctx, account, hash)
}

// printDemo says who can sign in.
func printDemo(w io.Writer) {
	fmt.Fprintf(w, "\nThe demo school. Everybody's password is %s, and works on this machine only.\n\n", demoPassword)
	table := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	for _, p := range demoPeople {
		class := "the whole school"
		if p.class >= 0 {
			class = demoClasses[p.class]
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", p.user+demoDomain, p.name, p.role, class)
	}
	_ = table.Flush()
	fmt.Fprintln(w)
}
