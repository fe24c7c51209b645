import API

/// The figures of a campaign: of it as a whole and of each event.
struct CampaignFigures: Sendable {
  /// What became of the members at an event.
  struct Event: Sendable {
    var id: String
    var (done, waiting, failed): (Int, Int, Int)
    /// Of decisions and conditions, on each path.
    var (yes, no): (Int, Int)
    /// The share of the members of actions, or of `yes` of the others, in per cent.
    var percent: Double
  }

  let members: Int
  let events: [Event]
  let days: [String]
  /// How many entered and left, and how many events were done, by the day.
  let (added, removed, done): ([Int], [Int], [Int])

  /// - Parameter stats: The member `stats` of the API's answer.
  init(_ stats: JSONValue) {
    func numbers(_ value: JSONValue?) -> [Int] { (value?.elements ?? []).map { $0.integer ?? 0 } }
    members = stats["members"]?.integer ?? 0
    let items = stats["events"]?.elements ?? []
    events = items.map { item in
      func count(_ member: String) -> Int { item[member]?.integer ?? 0 }
      let share = item["percent"]?.text ?? item["yesPercent"]?.text
      return Event(
        id: item["id"]?.text ?? "", done: count("executed"), waiting: count("scheduled"),
        failed: count("failed"), yes: count("yes"), no: count("no"),
        percent: share.flatMap(Double.init) ?? 0)
    }
    days = (stats["labels"]?.elements ?? []).compactMap(\.text)
    (added, removed) = (numbers(stats["added"]), numbers(stats["removed"]))
    var done = Array(repeating: 0, count: days.count)
    for item in items {
      for (place, count) in numbers(item["executedByDay"]).enumerated() where place < done.count {
        done[place] += count
      }
    }
    self.done = done
  }

  var waiting: Int { events.reduce(0) { $0 + $1.waiting } }
  var allDone: Int { events.reduce(0) { $0 + $1.done } }
  var failed: Int { events.reduce(0) { $0 + $1.failed } }

  /// Changes when the page has to be made anew.
  var state: String { events.map(\.id).joined(separator: " ") }

  /// The figures of an event; nil where it has none.
  func event(_ id: String) -> Event? { events.first { $0.id == id } }

  /// What browsers watch: figures by the names of their elements, and `counts` for the canvas.
  var live: JSONValue {
    var figures: JSONObject = [
      "state": .string(state), "members": .int(members), "waiting": .int(waiting),
      "done": .int(allDone), "failed": .int(failed),
    ]
    var counts = JSONObject()
    for event in events {
      figures["waiting-\(event.id)"] = .int(event.waiting)
      figures["done-\(event.id)"] = .int(event.done)
      figures["failed-\(event.id)"] = .int(event.failed)
      figures["yes-\(event.id)"] = .int(event.yes)
      figures["no-\(event.id)"] = .int(event.no)
      figures["percent-\(event.id)"] = .double(event.percent)
      counts[event.id] = [
        "waiting": .int(event.waiting), "done": .int(event.done), "failed": .int(event.failed),
      ]
    }
    figures["counts"] = .object(counts)
    return .object(figures)
  }
}
