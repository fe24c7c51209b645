import Foundation
import Testing

@testable import JobQueue

@Suite struct JobIDTests {
  @Test func idsGrowAndKeepTheirText() throws {
    var last = JobID()
    for _ in 0..<10_000 {
      let id = JobID()
      #expect(last < id)
      #expect(JobID(id.description) == id)
      #expect(JobID(uuid: id.uuid) == id)
      #expect(id.uuid.uuidString.lowercased() == id.description)
      last = id
    }
    #expect(abs(last.madeAt.timeIntervalSinceNow) < 60)
  }

  @Test(arguments: [
    "", "0198", "0198c2f0-0000-7000-8000-00000000000g", "0198c2f000007000800000000000000",
  ])
  func otherTextIsNoID(_ text: String) {
    #expect(JobID(text) == nil)
  }
}

@Suite struct QueueEntryTests {
  @Test func entrySurvivesTheWire() throws {
    var random = SystemRandomNumberGenerator()
    let words = ["plain", "with blank", "%41", "a,b", "-", "", "naïve\n", "{}"]
    for _ in 0..<500 {
      let group = words.randomElement(using: &random) ?? ""
      let entry = QueueEntry(
        attempt: .random(in: 0...20), crashes: .random(in: 0...3),
        group: group.isEmpty
          ? nil
          : QueueEntry.Group(
            key: group, limit: Bool.random() ? 3 : nil, weight: Bool.random() ? 1 : 0.5),
        uniqueKey: words.dropLast(3).randomElement(using: &random), id: JobID(), name: "a job",
        version: 3, maxAttempts: 10, timeoutMilliseconds: 1500, isDurable: .random(),
        isRepaired: .random(),
        payload: (0..<Int.random(in: 0...40)).map { _ in .random(in: 0...255) })
      #expect(try QueueEntry(parsing: entry.encoded()) == entry)
    }
  }

  @Test func whateverComesIsRefusedOrRead() {
    // Broken entries must be told apart, never crash.
    let good = QueueEntry(
      id: JobID(), name: "x", version: 1, maxAttempts: 1, timeoutMilliseconds: 0, isDurable: true,
      payload: Array("{}".utf8)
    ).encoded()
    for seed in 0..<2000 {
      var bytes = good
      for _ in 0..<(1 + seed % 4) {
        switch Int.random(in: 0...2) {
        case 0: bytes.remove(at: .random(in: bytes.indices))
        case 1: bytes[.random(in: bytes.indices)] = .random(in: 0...255)
        default: bytes.insert(.random(in: 0...255), at: .random(in: bytes.indices))
        }
      }
      do { _ = try QueueEntry(parsing: bytes) } catch {
        #expect(error.description.contains("unreadable"))
      }
    }
    #expect(throws: JobError.self) { try QueueEntry(parsing: []) }
  }
}

@Suite struct PayloadTests {
  struct Odd: TransientJob, Equatable {
    static let name = "odd"
    static let queue = "odd"
    var text: String
    var list: [Int]
    var inner: [String: String]
  }

  @Test func manyAreEncodedAsEachAlone() throws {
    let texts = ["", "a,b", "\"", "\\", "}{][", "naïve", "line\nbreak", "\\\",{"]
    for count in [0, 1, 2, 9] {
      let jobs = (0..<count).map {
        Odd(text: texts[$0 % texts.count], list: Array(0..<$0), inner: ["k": texts[$0 % 3]])
      }
      let encoded = try Payload.encode(jobs)
      #expect(encoded.count == count)
      #expect(try encoded.map { try Payload.decode(Odd.self, from: $0) } == jobs)
    }
  }
}

@Suite struct RetryPolicyTests {
  @Test func pausesGrowToTheirMaximum() {
    let policy = RetryPolicy.exponential(
      base: .seconds(1), factor: 2, maximum: .seconds(60), jitter: 0.25)
    #expect(policy.delay(afterFailures: 1, random: 0) == .seconds(1))
    #expect(policy.delay(afterFailures: 4, random: 0) == .seconds(8))
    #expect(policy.delay(afterFailures: 1000, random: 0) == .seconds(60))
    #expect(policy.delay(afterFailures: 3, random: 1) == .seconds(3))
  }
}

@Suite struct CronExpressionTests {
  private func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

  @Test(arguments: [
    ("*/15 * * * *", "2026-03-01T10:07:00Z", "2026-03-01T10:15:00Z"),
    ("0 3 * * *", "2026-03-01T03:00:00Z", "2026-03-02T03:00:00Z"),
    ("0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z"),
    ("30 8 * * 1-5", "2026-11-20T09:00:00Z", "2026-11-23T08:30:00Z"),
    ("0 0 13 * 5", "2026-11-14T00:00:00Z", "2026-11-20T00:00:00Z"),
    ("5,35 1-3/2 * * 7", "2026-11-21T00:00:00Z", "2026-11-22T01:05:00Z"),
  ])
  func nextTime(_ expression: String, after: String, expected: String) throws {
    let cron = try CronExpression(expression)
    let next = try #require(cron.next(after: date(after)))
    #expect(next == (try date(expected)))
    #expect(cron.last(atOrBefore: next) == next)
    #expect(cron.last(atOrBefore: next.addingTimeInterval(30)) == next)
  }

  @Test func aSkippedHourDoesNotOccur() throws {
    let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
    let cron = try CronExpression("30 2 * * *", zone: zone)
    // Clocks go from 2:00 to 3:00 on 29 March 2026.
    let next = cron.next(after: try date("2026-03-28T12:00:00Z"))
    #expect(next == (try date("2026-03-30T00:30:00Z")))
  }

  @Test(arguments: [
    "", "* * * *", "60 * * * *", "*/0 * * * *", "a * * * *", "5-1 * * * *", "1-2-3 * * * *",
  ])
  func nonsenseIsRefused(_ text: String) {
    #expect(throws: CronExpression.ParseError.self) { try CronExpression(text) }
  }
}

@Suite struct QueuePickerTests {
  @Test func weightsDecideTheShareAndStrictQueuesGoFirst() {
    let now = ContinuousClock.now
    var picker = QueuePicker(
      [
        WorkerQueue("a", weight: 3), WorkerQueue("b", weight: 1),
        WorkerQueue("urgent", weight: nil),
      ],
      now: now)
    #expect(picker.order(now: now, excluding: []).first == 2)
    var given = [0, 0, 0]
    for _ in 0..<400 {
      guard let index = picker.order(now: now, excluding: ["urgent"]).first else { continue }
      given[index] += 10
      picker.gave(index, 10, now: now)
    }
    #expect(given[2] == 0)
    #expect(abs(Double(given[0]) / Double(given[1]) - 3) < 0.1)
  }

  @Test func anEmptyQueueIsLeftAloneForAMoment() {
    let now = ContinuousClock.now
    var picker = QueuePicker([WorkerQueue("a"), WorkerQueue("b")], now: now)
    picker.gave(0, 0, now: now)
    #expect(picker.order(now: now, excluding: []) == [1])
    #expect(picker.order(now: now + .milliseconds(6), excluding: []).count == 2)
  }
}
