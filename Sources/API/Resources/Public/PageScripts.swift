import Synchronization
import Tracking

/// The scripts of pages, written once for the settings in force.
final class PageScripts: Sendable {
  /// The scripts without services of others.
  let plain: TrackingScript
  private let site: String
  private let last = Mutex<(services: PageServices, script: TrackingScript)?>(nil)

  /// - Parameter site: The address of this installation, without a slash at its end.
  init(site: String) {
    self.site = site
    plain = TrackingScript(site: site)
  }

  /// The scripts with some services.
  func current(_ services: PageServices) -> TrackingScript {
    guard services != PageServices() else { return plain }
    let known = last.withLock { $0 }
    if let known, known.services == services { return known.script }
    let script = TrackingScript(site: site, services: services)
    last.withLock { $0 = (services, script) }
    return script
  }
}

extension VisitorContent {
  /// What waited for a contact, by service; an empty list for nothing, as PHP writes it.
  static func json(_ contents: [VisitorContent], site: String) -> JSONValue {
    var object = JSONObject()
    for service in Service.allCases {
      let items = contents.filter { $0.service == service }.map { item in
        guard service == .focusItem, let id = item.content["id"]?.int else {
          return JSONValue(kept: item.content)
        }
        return ["id": .int(id), "js": .string("\(site)/focus/\(id).js")]
      }
      if !items.isEmpty { object[service.rawValue] = .array(items) }
    }
    return object.members.isEmpty ? [] : .object(object)
  }
}
