import API

/// How far the rebuild of a segment has come, and what it holds.
struct SegmentProgress: Sendable {
  /// The state of its rebuilds.
  let state: JSONValue
  /// The rebuild that waits or runs; nil for none.
  let job: JSONValue?

  /// Asks for those of the segment in the path of a page.
  init(_ page: PageRequest) async throws {
    let id = try page.id
    state = try await page.get("segments/\(id)/state")["state"] ?? [:]
    let jobs = try await page.get(
      "jobs",
      [
        "type": "segment.rebuild", "object": "segment", "objectId": .int(Int(id)), "limit": 5,
      ])["jobs"]
    job = jobs?.elements?.first { ["queued", "running"].contains($0["state"]?.text ?? "") }
  }

  /// Whether a rebuild runs; one that waits for a retry or another does not.
  var isRunning: Bool { job?["state"]?.text == "running" }
  /// The number of contacts in it.
  var members: Int { state["members"]?.integer ?? 0 }
  /// The contacts that the rebuild has gone through, and all that it will.
  var done: Int { job?["progress"]?["done"]?.integer ?? 0 }
  var total: Int? { job?["progress"]?["total"]?.integer }
  var percent: Double? { job?["progress"]?["percent"]?.text.flatMap(Double.init) }

  /// Changes when the page has to be made anew.
  var name: String {
    [job?["state"]?.text, state["dateBuilt"]?.text, state["error"]?.text].compactMap(\.self)
      .joined(separator: " ")
  }

  /// The live figures.
  var figures: JSONValue {
    [
      "state": .string(name), "members": .int(members), "done": .int(done),
      "percent": percent.map(JSONValue.double) ?? .null,
    ]
  }
}
