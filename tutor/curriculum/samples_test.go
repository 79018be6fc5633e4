package curriculum_test

import (
	"testing"

	"maieutic/rubric"
	"maieutic/tutor/curriculum"
)

func options() curriculum.Options {
	return curriculum.Options{Match: rubric.Equal, Reveals: rubric.Reveals}
}

func TestSampleCourses(t *testing.T) {
	samples, err := curriculum.Samples()
	if err != nil || len(samples) < 2 {
		t.Fatalf("%d sample courses, %v", len(samples), err)
	}
	for name, fsys := range samples {
		for _, p := range curriculum.Lint(fsys, options()) {
			t.Errorf("%s/%s", name, p)
		}
	}
}

// The courses have the size that was promised.
func TestSampleCoursesAreWhole(t *testing.T) {
	want := map[string]struct{ skills, lessons, problems int }{"algebra": {12, 12, 30}, "circuits": {8, 8, 15}}
	samples, err := curriculum.Samples()
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range want {
		c, err := curriculum.Load(samples[name])
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(c.Skills) < w.skills || len(c.Lessons) < w.lessons || len(c.Activities) < w.problems {
			t.Errorf("%s has %d skills, %d lessons and %d problems, want %+v", name, len(c.Skills), len(c.Lessons), len(c.Activities), w)
		}
		practised := map[string]bool{}
		for _, a := range c.Activities {
			for _, k := range a.Skills {
				practised[k] = true
			}
		}
		for _, k := range c.Skills {
			if !practised[k.ID] {
				t.Errorf("%s: no problem practises %s", name, k.ID)
			}
		}
	}
}
