import Testing

@testable import JobQueue

struct BatchQueueUnitTests {
  @Test func allElementsAreTakenAtOnceInOrder() async {
    let queue = BatchQueue<Int>()
    queue.put(1)
    queue.put([2, 3])
    queue.put([])
    #expect(await queue.takeAll() == [1, 2, 3])
  }

  @Test func elementsGatherWhileTheConsumerIsAway() async {
    let queue = BatchQueue<Int>()
    let consumer = Task {
      var batches: [[Int]] = []
      while let batch = await queue.takeAll() { batches.append(batch) }
      return batches
    }
    for number in 0..<1000 {
      queue.put(number)
      if number % 100 == 0 { await Task.yield() }
    }
    queue.close()
    let batches = await consumer.value
    #expect(batches.flatMap { $0 } == Array(0..<1000))
    #expect(batches.allSatisfy { !$0.isEmpty })
  }

  @Test func aClosedQueueGivesItsRestAndEnds() async {
    let queue = BatchQueue<Int>()
    queue.put(1)
    queue.close()
    #expect(await queue.takeAll() == [1])
    #expect(await queue.takeAll() == nil)
  }

  @Test func closingWakesTheConsumer() async {
    let queue = BatchQueue<Int>()
    let consumer = Task { await queue.takeAll() }
    await Task.yield()
    queue.close()
    #expect(await consumer.value == nil)
  }
}
