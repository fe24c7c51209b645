import API

/// An event of a campaign, in words.
struct CampaignStep: Sendable {
  let value: JSONValue
  /// How many events lead to it.
  let depth: Int

  var id: String { value["id"]?.text ?? "" }
  var name: String { value["name"]?.text ?? "" }
  var kind: String { value["eventType"]?.text ?? "" }
  private var parent: String? { value["parent"]?["id"]?.text }

  /// Events in the order in which a contact comes to them: each after its parent, and before what comes after that.
  static func ordered(_ events: [JSONValue]) -> [CampaignStep] {
    var children: [String: [JSONValue]] = [:]
    let ids = Set(events.compactMap { $0["id"]?.text })
    for event in events {
      let parent = event["parent"]?["id"]?.text.flatMap { ids.contains($0) ? $0 : nil }
      children[parent ?? "", default: []].append(event)
    }
    var ordered: [CampaignStep] = []
    var open = (children[""] ?? []).reversed().map { (event: $0, depth: 0) }
    // What leads in a circle to itself has no beginning and is not met.
    while let (event, depth) = open.popLast() {
      ordered.append(CampaignStep(value: event, depth: depth))
      let next = children.removeValue(forKey: event["id"]?.text ?? "") ?? []
      open += next.reversed().map { ($0, depth + 1) }
    }
    return ordered
  }

  /// The name of its icon.
  var icon: String {
    switch kind {
    case "decision": "eye"
    case "condition": "funnel"
    default: value["type"]?.text?.hasPrefix("email") == true ? "send" : "bolt"
    }
  }

  func kindName(_ texts: Texts) -> String {
    switch kind {
    case "decision": texts("Decision")
    case "condition": texts("Condition")
    default: texts("Action")
    }
  }

  /// The path of its parent that it is on; empty for none.
  func path(_ texts: Texts) -> String {
    switch value["decisionPath"]?.text {
    case "yes"?: texts("if yes")
    case "no"?: texts("if no")
    default: ""
    }
  }

  /// When it happens.
  func when(_ page: PageRequest) -> String {
    let texts = page.texts
    if kind == "decision" { return texts("when the contact does it") }
    var parts: [String] = []
    switch value["triggerMode"]?.text {
    case "interval"?:
      let delay = Self.delay(
        value["triggerInterval"]?.integer ?? 0, value["triggerIntervalUnit"]?.text ?? "d", texts)
      parts.append(texts("after {delay}", ["delay": delay]))
    case "date"?:
      parts.append(page.formats.moment(value["triggerDate"]?.text ?? ""))
    default:
      if let field = value["triggerContactField"]?.text {
        parts.append(texts("by the contact's date {field}", ["field": field]))
      } else {
        parts.append(texts("at once"))
      }
    }
    if let hour = value["triggerHour"]?.text { parts.append(texts("at {time}", ["time": hour])) }
    if let start = value["triggerRestrictedStartHour"]?.text,
      let stop = value["triggerRestrictedStopHour"]?.text
    {
      parts.append(texts("between {start} and {stop}", ["start": start, "stop": stop]))
    }
    let days = (value["triggerRestrictedDaysOfWeek"]?.elements ?? []).compactMap(\.integer)
    if !days.isEmpty, Set(days).count < 7 {
      let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].map { texts($0) }
      parts.append(
        texts("on {days}", ["days": days.map { names[$0.magnitudeOfWeek] }.joined(separator: ", ")])
      )
    }
    return parts.joined(separator: ", ")
  }

  private static func delay(_ count: Int, _ unit: String, _ texts: Texts) -> String {
    switch unit {
    case "i": texts.counting(count, one: "1 minute", many: "{count} minutes")
    case "h": texts.counting(count, one: "1 hour", many: "{count} hours")
    case "m": texts.counting(count, one: "1 month", many: "{count} months")
    case "y": texts.counting(count, one: "1 year", many: "{count} years")
    default: texts.counting(count, one: "1 day", many: "{count} days")
    }
  }
}

extension Int {
  /// The place of a day in the week that begins with Sunday, which is 0 and 7.
  fileprivate var magnitudeOfWeek: Int { ((self % 7) + 7) % 7 }
}

/// The events of a campaign, one after the other, as text.
struct CampaignStepList: Sendable {
  let steps: [CampaignStep]

  private static let template = Template(
    #"""
    <ol class="list campaign-steps">{{#steps}}<li data-depth="{{depth}}"><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg><span class="grow">{{name}}<span class="sub">{{kind}}{{#path}}, {{path}}{{/path}}, {{when}}</span></span></li>{{/steps}}</ol>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    Self.template(
      [
        "steps": steps.map { step -> [String: Any] in
          [
            "depth": min(step.depth, 6), "icon": step.icon, "icons": WebFiles.icons,
            "name": step.name, "kind": step.kindName(page.texts), "path": step.path(page.texts),
            "when": step.when(page),
          ]
        }
      ], page.texts)
  }
}
