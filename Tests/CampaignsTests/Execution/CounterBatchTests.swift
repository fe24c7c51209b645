import Foundation
import Testing

@testable import Campaigns

struct CounterBatchTests {
  private let hour = Date(timeIntervalSince1970: 1_700_042_400)

  @Test("Outcomes are collected by event and hour, those of current rotations by event")
  func gathering() {
    var batch = CounterBatch()
    #expect(batch.isEmpty)
    batch.add(2, .executed(true), 3, current: 2, at: hour.addingTimeInterval(59))
    batch.add(2, .executed(false), 1, current: 1, at: hour.addingTimeInterval(3_599))
    batch.add(2, .executed(nil), 1, current: 0, at: hour.addingTimeInterval(3_600))
    batch.add(1, .failed, 4, current: 4, at: hour)

    let hours = batch.byHour
    #expect(hours.map(\.event) == [1, 2, 2])
    #expect(hours.map(\.hour) == [hour, hour, hour.addingTimeInterval(3_600)])
    #expect(hours[0].outcomes == OutcomeCounts(failed: 4))
    #expect(hours[1].outcomes == OutcomeCounts(executed: 4, yes: 3, no: 1))
    #expect(hours[2].outcomes == OutcomeCounts(executed: 1))

    let current = batch.currentByEvent
    #expect(current.map(\.event) == [1, 2])
    #expect(current[1].outcomes == OutcomeCounts(executed: 3, yes: 2, no: 1))
  }

  @Test("An empty batch yields no rows")
  func nothing() {
    var batch = CounterBatch()
    batch.add(1, .failed, 0, current: 0, at: hour)
    #expect(batch.isEmpty)
  }
}
