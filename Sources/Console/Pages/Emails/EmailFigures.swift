import API

/// The figures of an e-mail, those of persons apart from those of machines (EML-360).
struct EmailFigures: Sendable {
  var sent: Int
  /// Sends that people opened.
  var opened: Int
  /// Sends that only machines opened.
  var openedByMachines: Int
  /// Clicks of people.
  var clicks: Int
  var clicksByMachines: Int
  /// Sends with a click of a person, as near as the counters tell.
  var clicked: Int
  var unsubscribed: Int
  var bounced: Int
  var failed: Int

  /// - Parameter email: An e-mail as the API has it.
  init(_ email: JSONValue) {
    func count(_ name: String) -> Int { email[name]?.integer ?? 0 }
    sent = count("sentCount")
    openedByMachines = count("machineReadCount")
    opened = max(0, count("readCount") - openedByMachines)
    clicksByMachines = count("machineClickCount")
    clicks = max(0, count("clickCount") - clicksByMachines)
    clicked = min(count("uniqueClickCount"), clicks, count("sentCount"))
    unsubscribed = count("unsubscribedCount")
    bounced = count("bouncedCount")
    failed = count("failedCount")
  }

  /// - Parameters:
  ///   - email: An e-mail as the API has it.
  ///   - stats: Its statistics, which tell exactly how many people have clicked.
  init(_ email: JSONValue, stats: JSONValue) {
    self.init(email)
    let segments = stats["segments"]?.elements ?? []
    clicked = segments.reduce(0) { $0 + ($1["clickedByPeople"]?.integer ?? 0) }
  }

  private static let rateTemplate = Template(
    #"""
    {{rate}}<span class="sub">{{count}}{{#machines}} <span title="[[by machines]]">+ {{machines}} [[by machines]]</span>{{/machines}}</span>
    """#)

  /// A share of what was sent, with the number below it.
  func rate(_ part: Int, machines: Int = 0, _ page: PageRequest) -> HTML {
    guard sent > 0 else { return page.muted("–") }
    return Self.rateTemplate(
      [
        "rate": page.formats.percent(part, of: sent), "count": page.formats.number(part),
        "machines": machines > 0 ? page.formats.number(machines) : "",
      ], page.texts)
  }
}
