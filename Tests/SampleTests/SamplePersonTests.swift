import Foundation
import Primitives
import Sample
import Testing

@Suite("The people and records of the example")
struct SamplePersonTests {
  @Test("are the same for the same seed, and others for another")
  func repeatable() {
    #expect(SamplePerson(7, seed: 3) == SamplePerson(7, seed: 3))
    #expect(SamplePerson(7, seed: 3) != SamplePerson(7, seed: 4))
    let people = (0..<500).map { SamplePerson($0, seed: 1) }
    #expect(Set(people.map(\.email)).count == 500)
    #expect(Set(people.map(\.device)).count == 500)
    #expect(people.allSatisfy { $0.device.count == 23 })
  }

  @Test("name only records that stand above")
  func references() throws {
    let entries = try JSONDecoder().decode([JSONValue].self, from: Data(SampleRecords.json))
    var known: Set<String> = []
    for entry in entries {
      let text = String(decoding: try JSONEncoder().encode(entry), as: UTF8.self)
        .replacing("\\/", with: "/")
      // Lists of lists have two brackets, too.
      for match in text.matches(of: /\[\[([^\[\]"]+)\]\]/) {
        let name = String(match.1)
        #expect(name.hasPrefix("day:") || known.contains(name), "\(name)")
      }
      let body = try #require(entry["body"])
      let name = ["name", "username", "title", "tag", "label", "companyname"]
        .compactMap { body[$0]?.text }.first
      known.insert("\(entry["kind"]?.text ?? "")/\(try #require(name))")
    }
    #expect(known.count == entries.count)
  }

  @Test("A document is a PDF whose table of objects fits")
  func document() throws {
    let bytes = SampleDocument.pdf("Brewing (guide)")
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("%PDF-1.4\n") && text.contains("(Brewing guide) Tj"))
    let start = try #require(text.firstRange(of: "startxref\n")?.upperBound)
    let offset = try #require(Int(text[start...].prefix { $0.isNumber }))
    #expect(text.utf8.dropFirst(offset).starts(with: "xref".utf8))
  }
}
