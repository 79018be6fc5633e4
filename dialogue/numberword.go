package dialogue

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"maieutic/tutor"
)

// numberWords are number words as fold leaves them, by language. They go a
// little beyond the languages of the tutor: a child looks up "douze" in a moment.
var numberWords = map[string][]string{
	"en": strings.Fields(`two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
		twenty thirty forty fifty sixty seventy eighty ninety hundred thousand dozen`),
	"es": strings.Fields(`dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve
		veinte veintiuno treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento mil docena`),
	"fr": strings.Fields(`deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante douzaine`),
	"de": strings.Fields(`zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn
		zwanzig dreissig dreißig vierzig funfzig sechzig siebzig achtzig neunzig hundert dutzend`),
	"it": strings.Fields(`quattro cinque sette otto dieci undici dodici tredici quattordici quindici sedici venti trenta quaranta cinquanta`),
}

var anyNumberWord = func() map[string]bool {
	all := map[string]bool{}
	for _, words := range numberWords {
		for _, w := range words {
			all[w] = true
		}
	}
	return all
}()

// homonyms are number words of elsewhere that are common words of a language.
var homonyms = map[string][]string{
	"en": {"once", "dos", "quince", "seize", "elf", "mil", "sept", "neuf", "dix"},
	"es": {"ten", "seize", "trenta", "elf", "acht"},
}

// foreignWord reports a number word of a language other than the sentence's, or
// a Roman numeral, that the turn does not know.
func (k known) foreignWord(sentence, language string) bool {
	for _, w := range strings.Fields(fold(sentence)) {
		if k.words[w] || slices.Contains(numberWords[language], w) || slices.Contains(homonyms[language], w) {
			continue
		}
		if anyNumberWord[w] {
			return true
		}
	}
	for _, numeral := range roman.FindAllString(norm.NFKC.String(sentence), -1) {
		if !k.words[fold(numeral)] {
			return true
		}
	}
	return false
}

// roman is a Roman numeral of two letters or more, to thirty-nine.
var roman = regexp.MustCompile(`\b(?:X{1,3}(?:IX|IV|V?I{1,3}|V)|X{2,3}|I[XV]|VI{1,3}|I{2,3})\b`)

// strange reports a word that looks like one and is another: letters of scripts
// that no tutor writes in, Latin letters mixed with others, marks of emphasis
// inside of a word.
func (k known) strange(text string) bool {
	for _, token := range strings.Fields(text) {
		if k.words[fold(token)] {
			continue
		}
		if emphasised.MatchString(token) || mixed(token) {
			return true
		}
	}
	return false
}

// emphasised is a word that is partly in italics or bold type.
var emphasised = regexp.MustCompile(`\pL{2,}\*+\pL|\pL\*+\pL{2,}`)

func mixed(token string) bool {
	latin, greek, arabic := 0, 0, 0
	for _, r := range token {
		switch {
		case !unicode.IsLetter(r):
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.Is(unicode.Greek, r):
			greek++
		case unicode.Is(unicode.Arabic, r):
			arabic++
		case !unicode.In(r, unicode.Common, unicode.Inherited):
			return true
		}
	}
	// Greek letters stand beside Latin ones in names of quantities.
	return latin > 0 && greek > 0 && latin+greek > 3 || arabic > 0 && greek > 0
}

// arabicUnits, arabicTens are Arabic number words as fold leaves them.
var (
	arabicUnits = numbered(`واحد احد|واحده احدي احدى|اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي|ثلاثه ثلاث|اربعه اربع|خمسه خمس|سته ست|سبعه سبع|ثمانيه ثماني ثمان|تسعه تسع|عشره عشر`,
		1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	arabicTens = numbered(`عشرون عشرين|ثلاثون ثلاثين|اربعون اربعين|خمسون خمسين|ستون ستين|سبعون سبعين|ثمانون ثمانين|تسعون تسعين|ميه مايه`,
		20, 30, 40, 50, 60, 70, 80, 90, 100)
)

// dozens are other words for twelve.
var dozens = numbered(`dozen docena دزينه`, 12)

func numbered(groups string, values ...int) map[string]int {
	all := map[string]int{}
	for i, group := range strings.Split(groups, "|") {
		for _, w := range strings.Fields(group) {
			all[w] = values[i]
		}
	}
	return all
}

// lookUp finds a word, or what is left of it behind an article or a particle.
func lookUp(table map[string]int, word string) (int, bool) {
	for _, particle := range []string{"", "و", "ف", "ب", "ل", "ال", "وال", "بال"} {
		if rest, ok := strings.CutPrefix(word, particle); ok && table[rest] > 0 {
			return table[rest], true
		}
	}
	return 0, false
}

// wordedNumbers returns the numbers up to 100 that a text says in Arabic words,
// and the dozens. Other words for numbers are package rubric's business.
func wordedNumbers(text string) []int {
	words := strings.Fields(fold(text))
	var all []int
	for i := 0; i < len(words); i++ {
		word := words[i]
		if unit, teen := strings.CutSuffix(strings.TrimSuffix(word, "ه"), "عشر"); teen && unit != "" {
			if n, ok := lookUp(arabicUnits, unit); ok {
				all = append(all, 10+n)
				continue
			}
		}
		if n, ok := lookUp(dozens, word); ok {
			all = append(all, n)
			continue
		}
		if n, ok := lookUp(arabicTens, word); ok {
			all = append(all, n)
			continue
		}
		n, ok := lookUp(arabicUnits, word)
		if !ok {
			continue
		}
		if i+1 < len(words) && n < 10 {
			next := words[i+1]
			if next == "عشر" || next == "عشره" {
				n, i = n+10, i+1
			} else if tens, ok := arabicTens[strings.TrimPrefix(next, "و")]; ok && strings.HasPrefix(next, "و") {
				n, i = n+tens, i+1
			}
		}
		all = append(all, n)
	}
	return all
}

// saidInWords is the check for the numbers of exact answers in the words of
// wordedNumbers, as far as they are not given. One and two are in every other sentence.
func saidInWords(open []tutor.Expectation, given []string) Protects {
	known := map[string]bool{}
	for _, text := range given {
		for _, n := range numbersIn(text) {
			known[n] = true
		}
		for _, n := range wordedNumbers(text) {
			known[strconv.Itoa(n)] = true
		}
	}
	secret := map[int]bool{}
	for _, e := range open {
		if e.Answer == nil {
			continue
		}
		for _, run := range digits.FindAllString(plainDigits(e.Answer.Value), -1) {
			if n, err := strconv.Atoi(run); err == nil && n > 2 && !known[run] {
				secret[n] = true
			}
		}
	}
	return func(sentence string) bool {
		return slices.ContainsFunc(wordedNumbers(sentence), func(n int) bool { return secret[n] })
	}
}
