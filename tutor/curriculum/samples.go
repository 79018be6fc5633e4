package curriculum

import (
	"embed"
	"io/fs"
)

//go:embed courses
var embedded embed.FS

// Samples returns the sample courses, each a folder that Load reads.
func Samples() (map[string]fs.FS, error) {
	entries, err := embedded.ReadDir("courses")
	if err != nil {
		return nil, err
	}
	out := map[string]fs.FS{}
	for _, e := range entries {
		course, err := fs.Sub(embedded, "courses/"+e.Name())
		if err != nil {
			return nil, err
		}
		out[e.Name()] = course
	}
	return out, nil
}
