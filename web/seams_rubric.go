package web

import (
	"context"
	"time"

	"maieutic/tutor"
)

// RubricStore is what the server needs of rubrics. Whoever sees a course sees its
// rubrics; administrators and the teachers of a class with the course change them.
type RubricStore interface {
	Rubrics(ctx context.Context, viewer tutor.Account, courseID string) ([]tutor.RubricEntry, error)
	RubricEntry(ctx context.Context, viewer tutor.Account, id string) (tutor.RubricEntry, error)
	// Rubric returns a version, "" for the current one.
	Rubric(ctx context.Context, viewer tutor.Account, id, version string) (tutor.RubricVersion, error)
	// RubricVersions returns the versions, newest first. It is for staff.
	RubricVersions(ctx context.Context, viewer tutor.Account, id string) ([]tutor.RubricVersion, error)
	// SaveRubric keeps a new rubric of a course, with base "", or a new version of one.
	SaveRubric(ctx context.Context, viewer tutor.Account, r tutor.Rubric, base string) (tutor.Rubric, error)
	// DryRunRubric says what a change would do and does nothing.
	DryRunRubric(ctx context.Context, viewer tutor.Account, id string, after tutor.Rubric) (tutor.RubricDryRun, error)
	// ApplyRubric makes the change; it is a CodeConflict when base is not the current version.
	ApplyRubric(ctx context.Context, viewer tutor.Account, id string, after tutor.Rubric, base string) (tutor.RubricDryRun, error)
}

// RubricFiles reads and writes rubrics in the formats of other systems: "canvas",
// "ora" and "case". Errors are *tutor.Error.
type RubricFiles interface {
	// Import reads a file; format "" is told by what is in it.
	Import(format string, data []byte) (tutor.RubricImport, error)
	// Export writes a file. At is when the rubrics were changed last.
	Export(format string, rubrics []tutor.Rubric, at time.Time) (tutor.RubricFile, error)
}

// rubricFormats lists the formats in the order a page shows them.
var rubricFormats = []string{"canvas", "ora", "case"}

// maxRubricBody is what a request with a rubric may weigh: a file of 1 MiB, and
// what stands around it.
const maxRubricBody = 5 << 20
