import Sample
import Testing

@Suite("A list of sample contacts")
struct ContactListTests {
  @Test("is the same for the same arguments, and another for another seed")
  func repeatable() {
    #expect(Array(ContactList(rows: 500, seed: 3)) == Array(ContactList(rows: 500, seed: 3)))
    #expect(Array(ContactList(rows: 500, seed: 3)) != Array(ContactList(rows: 500, seed: 4)))
  }

  @Test("has a header, its rows, and accounts for each of them")
  func accounted() {
    var list = ContactList(rows: 20_000, seed: 1, duplicates: 10, bad: 5)
    var lines = 0
    while list.next() != nil { lines += 1 }
    #expect(lines == 20_001)
    let summary = list.summary
    #expect(summary.rows == 20_000)
    #expect(summary.new + summary.duplicate + summary.bad.values.reduce(0, +) == 20_000)
    #expect((1_500...2_500).contains(summary.duplicate))
    #expect(summary.bad.count == 7, "every kind of flaw occurs: \(summary.bad)")
  }

  @Test("has neither repeated e-mails nor bad rows when plain")
  func plain() {
    var list = ContactList(rows: 5_000, plain: true)
    var emails = Set<Substring>()
    _ = list.next()
    while let line = list.next() { emails.insert(line.prefix { $0 != "," }) }
    #expect(emails.count == 5_000)
    #expect(list.summary.duplicate == 0 && list.summary.bad.isEmpty)
  }
}
