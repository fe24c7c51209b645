import API
import Foundation

/// An event of a contact's history, with its details to unfold.
struct HistoryEvent: Sendable {
  let event: JSONValue
  let date: Date?
  let contact: ContactRecord
  /// Whether the user may change what is foreseen.
  let mayEdit: Bool

  private static let template = Template(
    #"""
    <li class="event {{kind}}"><span class="event-icon"><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg></span>
    <div class="event-body"><div class="event-head"><p>{{before}} {{#href}}<a href="{{href}}">{{label}}</a>{{/href}}{{^href}}{{label}}{{/href}}</p>{{#mark}}<span class="badge {{markKind}}">{{mark}}</span>{{/mark}}{{#reschedule}}<a class="button plain icon small" href="{{reschedule}}" aria-label="[[Reschedule {{label}}]]" title="[[Reschedule]]">[icon:clock]</a>{{/reschedule}}{{#cancel}}<form method="post" action="{{cancel}}"><input type="hidden" name="token" value="{{token}}"><button class="button plain icon small" aria-label="[[Cancel {{label}}]]" title="[[Cancel]]" data-confirm="[[Cancel what is foreseen? It will not happen.]]">[icon:close]</button></form>{{/cancel}}<time datetime="{{exact}}" title="{{moment}}">{{time}}</time></div>
    {{{detailsHTML}}}</div></li>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    let type = event["event"]?.text ?? ""
    let look = HistoryType.of(type)
    let details = event["details"] ?? [:]
    let planned = PlannedEvent(event)
    let isActive = mayEdit && planned?.isRunning == false
    var (kind, mark, markKind) = (look.kind, "", "")
    if details["isWarning"]?.truth == true || details["isFailed"]?.truth == true {
      kind = "warn"
      (mark, markKind) = (page.texts("Needs attention"), "warn")
    }
    switch details["state"]?.text ?? details["status"]?.text {
    case "failed": (kind, mark, markKind) = ("bad", page.texts("Failed"), "bad")
    case "cancelled": (kind, mark, markKind) = ("", page.texts("Cancelled"), "")
    case "running": (kind, mark, markKind) = ("accent", page.texts("Running"), "accent")
    default: break
    }
    return Self.template(
      [
        "kind": kind, "icon": look.icon, "icons": WebFiles.icons,
        "before": page.texts(look.before), "label": Self.label(event, page),
        "href": look.address(details), "mark": mark, "markKind": markKind,
        "reschedule": isActive ? planned.map { address($0.reschedulePath) } ?? "" : "",
        "cancel": isActive ? planned.map { address($0.cancelPath) } ?? "" : "",
        "token": page.token, "exact": event["timestamp"]?.text ?? "",
        "moment": date.map(page.formats.moment) ?? "",
        "time": date.map { String(page.formats.input($0).suffix(5)) } ?? "",
        "detailsHTML": HistoryDetails(details: details, page: page)(),
      ], page.texts)
  }

  /// What it is about. A change of points says how many, and the rule without its number.
  private static func label(_ event: JSONValue, _ page: PageRequest) -> String {
    let label = event["eventLabel"]
    let text = label?.text ?? label?["label"]?.text ?? ""
    guard event["event"]?.text == "point.gained", let delta = event["details"]?["delta"]?.integer
    else { return text }
    let name = event["details"]?["eventName"]?.text ?? ""
    let rule = name.prefix(while: \.isNumber).isEmpty ? nil : name.firstRange(of: ": ")
    let change = (delta > 0 ? "+" : "") + page.formats.number(delta)
    let shown = rule.map { String(name[$0.upperBound...]) } ?? name
    return shown.isEmpty ? change : "\(change), \(shown)"
  }

  private func address(_ path: String) -> String {
    path.isEmpty ? "" : "\(contact.path)/\(path)"
  }
}
