import API

/// What needs attention, of what the user may see: failed events, broken segments, dead jobs, queues that do not move, what
/// the doctor finds.
struct OverviewAttention: Sendable {
  /// One such thing.
  private struct Finding: Sendable {
    /// What it is about, as a link.
    var subject: String
    /// Below `/console/`.
    var path: String
    /// What is the matter.
    var text: String
  }

  private let findings: [Finding]

  /// How many of a kind are named.
  private static let most = 3
  /// The age of a waiting job in seconds from which its queue is behind.
  private static let longestWait = 900

  init(_ page: PageRequest, campaigns: OverviewCampaigns) async throws {
    async let segments = Self.segments(page)
    async let work = Self.work(page)
    async let imports = Self.imports(page)
    findings =
      try await work + Self.campaigns(campaigns, page) + (try await segments)
      + (try await imports)
  }

  private static func campaigns(
    _ campaigns: OverviewCampaigns, _ page: PageRequest
  ) -> [Finding] {
    let failed = (campaigns.items ?? []).filter { $0.failed > 0 }.sorted { $0.failed > $1.failed }
    return failed.prefix(most).map { item in
      Finding(
        subject: item.name, path: "campaigns/\(item.id)",
        text: page.texts.counting(
          item.failed, one: "an event failed for 1 contact",
          many: "events failed for {count} contacts"))
    }
  }

  private static func segments(_ page: PageRequest) async throws -> [Finding] {
    guard page.may(.view, .segments) else { return [] }
    let answer = try await page.get("segments/broken", ["limit": .int(most)])
    return (answer["segments"]?.elements ?? []).map { segment in
      Finding(
        subject: segment["name"]?.text ?? "", path: "segments/\(segment["id"]?.text ?? "")",
        text: page.texts(
          "could not be rebuilt: {reason}", ["reason": segment["error"]?.text ?? ""]))
    }
  }

  private static func imports(_ page: PageRequest) async throws -> [Finding] {
    guard page.may(.view, .imports) else { return [] }
    let answer = try await page.optional(
      "imports", ["status": "failed", "limit": .int(most), "orderBy": "id", "orderByDir": "DESC"])
    let since = page.console.clock.now.addingTimeInterval(-7 * 86_400)
    return (answer?["imports"]?.elements ?? []).filter { item in
      Formats.date(item["dateEnded"]?.text ?? "").map { $0 > since } ?? false
    }.map { item in
      Finding(
        subject: item["originalFile"]?.text ?? "", path: "imports/\(item["id"]?.text ?? "")",
        text: page.texts(
          "was not imported: {reason}", ["reason": item["error"]?["message"]?.text ?? ""]))
    }
  }

  /// What operators are told.
  private static func work(_ page: PageRequest) async throws -> [Finding] {
    guard page.may(.administrator) else { return [] }
    let texts = page.texts
    async let workers = page.optional("workers")
    async let doctor = page.optional("doctor")
    let queues = try await page.get("queues")["queues"]?.elements ?? []
    var findings: [Finding] = []
    func count(_ member: String) -> Int { queues.reduce(0) { $0 + ($1[member]?.integer ?? 0) } }
    let (dead, unknown) = (count("dead"), count("unknown"))
    if dead > 0 {
      findings.append(
        Finding(
          subject: texts.counting(dead, one: "1 dead job", many: "{count} dead jobs"),
          path: "work/dead",
          text: texts(
            "in {queues}",
            [
              "queues": queues.filter { ($0["dead"]?.integer ?? 0) > 0 }
                .compactMap { $0["name"]?.text }.joined(separator: ", ")
            ])))
    }
    if unknown > 0 {
      findings.append(
        Finding(
          subject: texts.counting(unknown, one: "1 job", many: "{count} jobs"), path: "work",
          text: texts("of kinds that no worker knows")))
    }
    if let all = try await workers?["workers"]?.elements, all.isEmpty {
      findings.append(
        Finding(
          subject: texts("No worker"), path: "work/workers",
          text: texts("runs: nothing is imported, sent or rebuilt")))
    }
    for queue in queues {
      let name = queue["name"]?.text ?? ""
      if queue["paused"]?.truth == true {
        findings.append(
          Finding(
            subject: texts("Queue {name}", ["name": name]), path: "work/queues/\(name)",
            text: texts("is paused")))
      } else if let age = queue["oldestAgeSeconds"]?.integer, age > longestWait {
        findings.append(
          Finding(
            subject: texts("Queue {name}", ["name": name]), path: "work/queues/\(name)",
            text: texts(
              "is behind: a job waits for {time}",
              ["time": page.formats.duration(seconds: Double(age))])))
      }
    }
    return findings + diagnosis(try await doctor, page)
  }

  /// What the doctor says must be mended, and how many warnings he has. Workers and queues are told already.
  private static func diagnosis(_ report: JSONValue?, _ page: PageRequest) -> [Finding] {
    let all = (report?["findings"]?.elements ?? []).filter {
      let check = $0["check"]?.text ?? ""
      return check != "workers" && !check.hasPrefix("queue ")
    }
    var findings = all.filter { $0["level"]?.text == "failure" }.prefix(most).map {
      Finding(
        subject: $0["check"]?.text ?? "", path: "work/health",
        text: "\($0["found"]?.text ?? "") → \($0["mend"]?.text ?? "")")
    }
    let warnings = all.count { $0["level"]?.text == "warning" }
    if warnings > 0 {
      findings.append(
        Finding(
          subject: page.texts("Doctor"), path: "work/health",
          text: page.texts.counting(
            warnings, one: "has 1 warning about the installation",
            many: "has {count} warnings about the installation")))
    }
    return findings
  }

  private static let template = Template(
    #"""
    {{#hasAny}}<div class="alert warn" role="status">[icon:warn]<div><strong>{{title}}</strong><ul>{{#findings}}<li><a href="/console/{{path}}">{{subject}}</a> {{text}}</li>{{/findings}}</ul></div></div>{{/hasAny}}
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    Self.template(
      [
        "hasAny": !findings.isEmpty,
        "title": page.texts.counting(
          findings.count, one: "1 thing needs attention", many: "{count} things need attention"),
        "findings": findings.map {
          ["subject": $0.subject, "path": $0.path, "text": $0.text] as [String: Any]
        },
      ], page.texts)
  }
}
