package curriculum

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"maieutic/tutor"
)

// HashActivity is the version of an activity: a hash of its content. It changes
// with anything a learner or a grader could notice, and not with the layout of
// the file, its name's number or the place of the activity in the course.
func HashActivity(a tutor.Activity) string {
	a.Version, a.Order = "", 0
	return hash(a)
}

// hash is the SHA-256 of a value's JSON, whose fields stand in the order of
// their declaration.
func hash(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types always marshal
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16])
}

// HashCourse is the version of a whole course.
func HashCourse(c tutor.Course) string {
	c.Version = ""
	return hash(c)
}
