import Primitives
import Testing

@Suite("Cleaning texts of records (api.md 1, rule 6)")
struct CleanTextTests {
  @Test("Plain text loses markup and blanks at its ends, and keeps what is no tag")
  func plain() {
    #expect(CleanText.plain("  <b>Sam</b> & Sons ") == "Sam & Sons")
    #expect(CleanText.plain("1 < 2") == "1 < 2")
    #expect(CleanText.plain("<script>alert(1)</script>") == "")
  }

  @Test("HTML keeps its tags, without what runs code")
  func html() {
    #expect(CleanText.html("<p onclick=\"x()\">Hi</p>") == "<p>Hi</p>")
    #expect(CleanText.html("a<script>x()</script>b") == "ab")
  }
}
