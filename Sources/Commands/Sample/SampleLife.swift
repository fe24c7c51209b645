import Foundation
import Primitives

/// The weeks that the example lives through: people come, sign up, read, click; letters go out; lists are imported.
struct SampleLife {
  let api: SampleAPI
  let clock: SampleClock
  let seed: UInt64
  /// How many days there are.
  let days: Int
  /// How many people come for the first time in a day.
  let visitors: Int

  /// Makes records, and activity where there was none.
  /// - Returns: How many records were made, and whether the days were lived through.
  func run() async throws -> (created: Int, lived: Bool) {
    var maker = SampleMaker(api, today: Date())
    guard try await !hasLived() else {
      try await maker.make()
      return (maker.created, false)
    }
    try await clock.go(daysAgo: days)
    let result: Result<Void, any Error>
    do {
      try await maker.make()
      try await live(maker)
      result = .success(())
    } catch {
      result = .failure(error)
    }
    // Whatever happened, the installation is left in the present.
    try await clock.goBack()
    try result.get()
    return (maker.created, true)
  }

  /// Whether somebody has signed up for the letter already.
  private func hasLived() async throws -> Bool {
    let forms = try await api.call("GET", "forms?limit=500")["forms"]?.elements ?? []
    guard let form = forms.first(where: { $0["name"]?.text == "Letter sign-up" })?["id"]?.int else {
      return false
    }
    return try await api.call("GET", "forms/\(form)/submissions?limit=1")["total"]?.int ?? 0 > 0
  }

  private func live(_ maker: SampleMaker) async throws {
    let visits = SampleVisits(
      api: api, seed: seed, letterForm: try maker.id("forms/Letter sign-up"),
      guideForm: try maker.id("forms/Brewing guide"),
      wholesaleForm: try maker.id("forms/Wholesale enquiry"),
      guide: try maker.id("assets/Brewing guide"), prices: try maker.id("assets/Wholesale prices"),
      perDay: visitors)
    let readers = SampleReaders(
      api: api, seed: seed, guideEmail: try maker.id("emails/Your brewing guide"),
      guide: try maker.id("assets/Brewing guide"))
    let desk = SampleDesk(api: api, seed: seed)
    var bar = ProgressBar()
    defer { bar.end() }
    for day in 0...days {
      bar.show(done: day, total: days + 1, "days")
      let now = try await clock.go(daysAgo: days - day)
      if day > 0 { try await readers.day(now) }
      try await visits.day(day)
      if day == min(1, days) {
        try await desk.importList(
          "customers-of-the-shop.csv", rows: 70, list: 1, tags: ["newsletter"])
      }
      if day == max(2, days * 2 / 5) {
        try await desk.importList("coffee-fair.csv", rows: 90, list: 2, tags: ["fair"])
      }
      if day == max(3, days * 4 / 5) {
        try await desk.importList("cafes.csv", rows: 60, list: 3, tags: ["wholesale"])
      }
      try await idle()
      if let letter = letter(on: day) { try await send(maker, letter) }
    }
    // Without days of its own everything is read at once.
    if days == 0 { try await readers.day(Date(), isLast: true) }
    try await desk.importDraft("waiting-list.csv")
    try await desk.lookAfterContacts(maker)
    try await desk.export(maker)
    try await idle()
    // Its receiver is not there: what it is to be told waits.
    try await api.call("POST", "hooks/\(try maker.id("hooks/Shop"))/pause")
  }

  /// The letter that goes out on a day: one a week.
  private func letter(on day: Int) -> String? {
    let letters = [
      "Letter 1: The new harvest", "Letter 2: Grind by hand", "Letter 3: Cold brew",
      "Letter 4: Presents",
    ]
    let step = max(1, days / 4)
    guard day % step == min(2, step - 1), day / step < letters.count else { return nil }
    return letters[day / step]
  }

  private func send(_ maker: SampleMaker, _ letter: String) async throws {
    let id = try maker.id("emails/\(letter)")
    try await api.call("POST", "emails/\(id)/send")
    try await idle()
  }

  /// Waits until no queue has anything to do now; not for what waits for its time, or is tried again later.
  private func idle() async throws {
    var quiet = 0
    for _ in 0..<150 {
      try await Task.sleep(for: .milliseconds(100))
      let queues = try await api.call("GET", "queues")["queues"]?.elements ?? []
      let open = queues.map { ($0["depth"]?.int ?? 0) + ($0["running"]?.int ?? 0) }.reduce(0, +)
      quiet = open == 0 ? quiet + 1 : 0
      if quiet == 3 { return }
    }
  }
}
