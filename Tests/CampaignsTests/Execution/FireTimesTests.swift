import Foundation
import Testing

@testable import Campaigns

struct FireTimesTests {
  private let base = Date(timeIntervalSince1970: 1_700_042_400)

  private func planned(
    _ trigger: Trigger, _ starts: [DelayStart], names: [Int64: String?] = [:],
    dates: [Int64: FireTime.ContactDate] = [:]
  ) -> [Int64: Date] {
    var zones = FireZones(standard: .gmt)
    return FireTimes.compute(trigger, starts, zones: &zones, names: names, dates: dates) {
      $0.planned(base: $1.base, delayUsed: $1.delayUsed, value: $2)
    }
  }

  @Test("Contacts of one base share a time; a delay that has passed is not counted again")
  func interval() {
    let times = planned(
      .after(2, .hour),
      [
        DelayStart(contact: 1, base: base), DelayStart(contact: 2, base: base),
        DelayStart(contact: 3, base: base, delayUsed: true),
        DelayStart(contact: 4, base: base.addingTimeInterval(60)),
      ])
    let late = base.addingTimeInterval(7_200)
    #expect(times == [1: late, 2: late, 3: base, 4: late.addingTimeInterval(60)])
  }

  @Test("Each contact has the time of its own zone, or of the default zone")
  func zones() {
    var trigger = Trigger.after(0, .day)
    trigger.hour = TimeOfDay(minutes: 12 * 60)
    // Ten o'clock in UTC is eleven in Berlin.
    let times = planned(
      trigger, [DelayStart(contact: 1, base: base), DelayStart(contact: 2, base: base)],
      names: [1: "Europe/Berlin", 2: nil])
    #expect(times[1] == base.addingTimeInterval(3_600))
    #expect(times[2] == base.addingTimeInterval(7_200))
  }

  @Test("CAM-218: a contact without a date is left out, and dates are not shared")
  func dates() {
    let trigger = Trigger(.contactDate)
    let other = base.addingTimeInterval(86_400)
    let times = planned(
      trigger, (1...3).map { DelayStart(contact: $0, base: base) },
      dates: [1: .instant(base.addingTimeInterval(60)), 3: .instant(other)])
    #expect(times == [1: base.addingTimeInterval(60), 3: other])
  }

  @Test("A delay starts now, or at an individual instant of the contact")
  func delayBase() {
    let now = base.addingTimeInterval(5)
    #expect(DelayBase.now.date(of: 1, now: now) == now)
    #expect(DelayBase.each([1: base]).date(of: 1, now: now) == base)
    #expect(DelayBase.each([1: base]).date(of: 2, now: now) == now)
  }
}
