import Testing

@testable import Commands

@Suite("Tables on a terminal")
struct TableTests {
  @Test("Columns are as wide as their widest cell; figures stand to the right")
  func columns() {
    var table = Table(.text("Queue"), .figure("Ready"), .text("State"))
    table.add("imports", "5", "")
    table.add("mail", "1200", "paused")
    #expect(
      table.lines == [
        "Queue    Ready  State",
        "imports      5",
        "mail      1200  paused",
      ])
  }

  @Test("A table without rows has its headings alone")
  func empty() {
    #expect(Table(.text("Name"), .figure("Members")).lines == ["Name  Members"])
  }
}

@Suite("Durations for people")
struct AgeTests {
  @Test(
    "The two largest units say enough",
    arguments: [
      (0.04, "0.0 s"), (4.23, "4.2 s"), (59.4, "59 s"), (190, "3 m 10 s"), (7500, "2 h 5 m"),
      (273_600, "3 d 4 h"),
    ])
  func text(seconds: Double, text: String) {
    #expect(Age.text(seconds) == text)
  }
}

@Suite("The progress bar")
struct ProgressBarTests {
  @Test("Half of the work: half of the bar, the rate, and the time that is left")
  func half() {
    let text = ProgressBar.text(done: 500, total: 1000, "rows", seconds: 10, width: 80)
    #expect(text.hasSuffix("] 50 %  500 of 1000 rows  50/s  10 s left"))
    #expect(text.hasPrefix("[==="))
    #expect(text.count < 80)
  }

  @Test("All of the work: nothing is left")
  func done() {
    let text = ProgressBar.text(done: 1000, total: 1000, "rows", seconds: 10, width: 120)
    #expect(text.hasSuffix("100 %  1000 of 1000 rows  100/s"))
  }

  @Test("Without a total there is a count; on a narrow terminal there is no bar")
  func narrow() {
    #expect(ProgressBar.text(done: 7, total: nil, "read", seconds: 1, width: 80) == "read 7")
    let text = ProgressBar.text(done: 1, total: 2, "rows", seconds: 0, width: 30)
    #expect(text == "50 %  1 of 2 rows")
  }
}
