import Foundation
import Testing

@testable import Campaigns

struct EntryTests {
  private func due(_ contact: Int64, _ seconds: Double, rotation: Int = 1) -> DueEntry {
    let fire = Date(timeIntervalSince1970: seconds)
    return DueEntry(
      entry: Entry(Enrollment(contact: contact, rotation: 2), rotation: rotation), base: fire,
      fire: fire, pinned: false, delayUsed: false, path: nil)
  }

  @Test("CAM-904: entries run by contact, those of one contact by fire time and rotation")
  func order() {
    let entries = [due(2, 1), due(1, 9), due(1, 5, rotation: 2), due(1, 5)].sorted(
      by: DueEntry.isBefore)
    #expect(entries.map(\.contact) == [1, 1, 1, 2])
    #expect(entries.map(\.entry.rotation) == [1, 2, 1, 1])
  }

  @Test("The first entry of each contact is separated from further ones")
  func firsts() {
    let (first, further) = DueEntry.firsts([due(1, 1), due(1, 2), due(2, 1), due(1, 3)])
    #expect(first.map(\.contact) == [1, 2])
    #expect(further.map(\.fire.timeIntervalSince1970) == [2, 3])
  }

  @Test("CAM-801: an entry is current only in the current rotation of an active member")
  func current() {
    let enrollment = Enrollment(contact: 1, rotation: 2)
    #expect(Entry(enrollment).isCurrent)
    #expect(!Entry(enrollment, rotation: 1).isCurrent)
    #expect(!Entry(enrollment, isActive: false).isCurrent)
  }

  @Test("A payload keeps the names of its members as they were written")
  func payloads() throws {
    func json(_ job: some Encodable) throws -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return String(decoding: try encoder.encode(job), as: UTF8.self)
    }
    #expect(try json(ExecuteDue(event: 1, bucket: 50)) == #"{"event":1,"slot":50}"#)
    #expect(
      try json(CancelEvent(event: 1, isSecondSweep: true)) == #"{"event":1,"isAgain":true}"#)
    #expect(
      try json(RemoveCampaign(campaign: 1, isSecondSweep: true))
        == #"{"campaign":1,"isAgain":true}"#)
    #expect(
      try json(RecomputeDeadlines(campaign: 2, event: 1, isSecondSweep: true))
        == #"{"campaign":2,"event":1,"isAgain":true}"#)
  }
}
