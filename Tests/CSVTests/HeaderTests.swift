import CSV
import Testing

@Suite struct HeaderTests {
  @Test(arguments: [
    ("E-Mail", "e_mail"), ("First Name", "first_name"), ("first  - name", "first_name"),
    ("firstname", "firstname"), ("Straße 2", "straße_2"), ("", ""), ("(a)", "_a_"),
    ("ÉTÉ", "été"), ("氏名", "氏名"),
  ])
  func namesAreComparedInOneForm(name: String, form: String) {
    #expect(CSVHeader.comparableName(name) == form)
  }

  @Test func namesAreTrimmed() {
    #expect(CSVHeader(names: [" a b\t", "\u{A0}c\r\n", "  "]).names == ["a b", "c", ""])
    #expect(
      CSVHeader(names: ["\u{200B}email", "\u{FEFF}\u{FEFF}b\u{200E}"]).names == ["email", "b"])
  }

  @Test func everyNameButTheFirstOfItsKindGetsANumber() {
    let header = CSVHeader(names: ["E-Mail", "name", "e mail", "E_MAIL", "", "name", ""])
    #expect(header.names == ["E-Mail", "name", "e mail", "E_MAIL", "", "name", ""])
    #expect(
      header.uniqueNames == ["E-Mail", "name", "e mail_2", "E_MAIL_3", "", "name_2", ""])
  }

  @Test func aMadeUpNameTakesNoneOfTheFile() {
    #expect(CSVHeader(names: ["a", "a", "a_2"]).uniqueNames == ["a", "a_3", "a_2"])
  }

  @Test func columnsWithoutAHeaderAreNumbered() {
    #expect(CSVHeader(unnamedColumns: 2).names == ["column_1", "column_2"])
  }
}
