import Testing

@testable import JobQueue

struct QueuePickerUnitTests {
  private let start = ContinuousClock.now

  @Test func strictQueuesGoFirstInTheirOrder() {
    let queues = [WorkerQueue("w"), WorkerQueue("a", weight: nil), WorkerQueue("b", weight: nil)]
    let picker = QueuePicker(queues, now: start)
    #expect(picker.order(now: start, excluding: []) == [1, 2, 0])
    #expect(picker.order(now: start, excluding: ["a"]) == [2, 0])
  }

  @Test func weightsShareTheReads() {
    var picker = QueuePicker([WorkerQueue("a", weight: 3), WorkerQueue("b")], now: start)
    var given = [0, 0]
    for _ in 0..<400 {
      let next = picker.order(now: start, excluding: [])[0]
      given[next] += 1
      picker.gave(next, 1, now: start)
    }
    #expect((298...302).contains(given[0]), "\(given)")
  }

  @Test func anEmptyQueueRests() {
    var picker = QueuePicker([WorkerQueue("a"), WorkerQueue("b")], now: start)
    picker.gave(0, 0, now: start)
    #expect(picker.order(now: start, excluding: []) == [1])
    #expect(picker.order(now: start + QueuePicker.rest, excluding: []).count == 2)
    picker.gave(0, 0, now: start)
    picker.woke(0, now: start)
    #expect(picker.order(now: start, excluding: []).count == 2)
  }

  @Test func timeWithoutJobsSavesUpNothing() {
    var picker = QueuePicker([WorkerQueue("a"), WorkerQueue("b")], now: start)
    for _ in 0..<1000 { picker.gave(0, 1, now: start) }
    picker.gave(1, 1, now: start)
    var given = [0, 0]
    for _ in 0..<100 {
      let next = picker.order(now: start, excluding: [])[0]
      given[next] += 1
      picker.gave(next, 1, now: start)
    }
    #expect((49...51).contains(given[0]), "\(given)")
  }
}
