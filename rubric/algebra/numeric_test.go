package algebra

import "testing"

func TestNumeric(t *testing.T) {
	for text, want := range map[string]bool{
		"it is 12": true, "it is twelve": true, "a half": true, "twenty-four of them": true, "٣": true, "１２": true, "½ of it": true, "son doce": true,
		"veinticuatro": true, "π": true, "look at it again": false, "what happens to the sign": false, "": false, "mira otra vez": false,
	} {
		if got := Numeric(text, "en", "es"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for language, v := range vocabularies {
		for phrase, e := range v.phrases {
			if _, ok := e.kinds["card"]; ok && len(phrase) > 2 && !Numeric("so "+phrase+" it is", language) {
				t.Errorf("%s: %q is a number", language, phrase)
			}
		}
	}
}
