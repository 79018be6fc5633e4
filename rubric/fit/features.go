package fit

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"

	"maieutic/rubric"
)

// WriteFeatures writes examples as CSV for other tools: question, module,
// number of wordings, label, then each feature by name.
func WriteFeatures(w io.Writer, examples []Example) error {
	out := csv.NewWriter(w)
	if err := out.Write(slices.Concat([]string{"question", "module", "wordings", "right"}, rubric.FeatureNames[:])); err != nil {
		return err
	}
	for _, e := range examples {
		row := []string{e.Question, e.Module, strconv.Itoa(e.Wordings), strconv.FormatBool(e.Right)}
		for _, v := range e.Features {
			row = append(row, strconv.FormatFloat(v, 'g', 8, 64))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
