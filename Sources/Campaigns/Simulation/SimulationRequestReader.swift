package import Contacts
import Fields
package import Foundation
package import Primitives

extension SimulationRequest {
  /// Reads a request (api.md 8.4).
  ///
  /// - Parameters:
  ///   - json: The body.
  ///   - campaign: The saved campaign in the path, if any.
  ///   - now: The default start.
  /// - Throws: `InvalidInput`.
  package init(json: JSONValue, campaign: Int64?, now: Date) throws(InvalidInput) {
    var reader = SimulationRequestReader(json)
    let input = reader.input()
    let (start, end) = reader.span(now: now)
    if !json.isTruth("webhooksFail") { reader.refuse("webhooksFail", "is neither true nor false") }
    let webhooksFail = json.truth("webhooksFail")
    let contacts = reader.contacts()
    let steps = reader.steps(contacts.count)
    try reader.finish()
    self.init(
      campaign: campaign, input: input, start: start, end: end, contacts: contacts, steps: steps,
      webhooksFail: webhooksFail)
  }
}

/// Reads the members of a request, and collects their problems.
private struct SimulationRequestReader {
  private let json: JSONValue
  private var problems: [InvalidInput.Problem] = []

  init(_ json: JSONValue) { self.json = json }

  /// - Throws: The problems of the members read so far.
  func finish() throws(InvalidInput) {
    guard !problems.isEmpty else { return }
    var error = InvalidInput("", "")
    error.problems = problems
    throw error
  }

  // MARK: Members

  /// Returns the campaign given instead of a saved one, or as changes to it.
  mutating func input() -> CampaignInput? {
    guard let given = json["campaign"], given != .null else { return nil }
    do throws(InvalidInput) {
      return try Self.input(given)
    } catch {
      refuse("campaign", at: nil, error)
      return nil
    }
  }

  /// Returns the start and the end.
  mutating func span(now: Date) -> (start: Date, end: Date) {
    var start = now
    if let text = json["start"]?.text, !text.isEmpty {
      if let date = InstantText.parse(text) {
        start = date
      } else {
        refuse("start", "\(InvalidInput.shown(text)) is no date")
      }
    }
    var end = start.addingTimeInterval(365 * 86_400)
    if let text = json["until"]?.text, !text.isEmpty {
      if let date = InstantText.parse(text) {
        end = date
      } else if let delay = DelayText(text) {
        end = delay.added(to: start, FireZone(.gmt))
      } else {
        refuse("until", "\(InvalidInput.shown(text)) is neither a date nor a duration")
      }
    }
    let years = SimulationRequest.Limits.years
    if end < start || end.timeIntervalSince(start) > Double(years) * 366 * 86_400 {
      refuse("until", "is not between the start and \(years) years later")
    }
    return (start, end)
  }

  /// Returns the contacts; one without values if none is given.
  mutating func contacts() -> [SimulationRequest.Someone] {
    var contacts: [SimulationRequest.Someone] = []
    for (index, item) in items("contacts", most: SimulationRequest.Limits.contacts).enumerated() {
      do throws(InvalidInput) {
        contacts.append(try Self.someone(item))
      } catch {
        refuse("contacts", at: index, error)
      }
    }
    return contacts.isEmpty ? [.made(fields: [:], tags: [], segments: [])] : contacts
  }

  mutating func steps(_ contacts: Int) -> [SimulationRequest.Step] {
    var steps: [SimulationRequest.Step] = []
    for (index, item) in items("acts", most: SimulationRequest.Limits.steps).enumerated() {
      do throws(InvalidInput) {
        steps.append(try Self.step(item, contacts))
      } catch {
        refuse("acts", at: index, error)
      }
    }
    return steps
  }

  private mutating func items(_ member: String, most: Int) -> [JSONValue] {
    switch json[member] {
    case nil, .null?, .string("")?: return []
    case .array(let items)?:
      if items.count > most { refuse(member, "at most \(most), not \(items.count)") }
      return Array(items.prefix(most))
    default:
      refuse(member, "must be a list")
      return []
    }
  }

  fileprivate mutating func refuse(_ member: String, _ message: String) {
    problems.append(.init(member: member, message: message))
  }

  private mutating func refuse(_ member: String, at place: Int?, _ error: InvalidInput) {
    for problem in error.problems {
      let path = [place.map(String.init), problem.member, problem.message]
      refuse(member, path.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": "))
    }
  }

  // MARK: Values

  /// Reads a campaign in wire form, as far as it matters to a simulation.
  private static func input(_ json: JSONValue) throws(InvalidInput) -> CampaignInput {
    guard case .object = json else { throw InvalidInput("", "must be an object") }
    var input = CampaignInput()
    input.name = json["name"]?.text
    guard json.isTruth("allowRestart") else {
      throw InvalidInput("allowRestart", "is neither true nor false")
    }
    if json["allowRestart"] != nil { input.allowsRestart = json.truth("allowRestart") }
    if json["lists"] != nil { input.segments = try ids("lists", json) }
    if json["forms"] != nil { input.forms = try ids("forms", json) }
    input.canvas = json["canvasSettings"]
    switch json["events"] {
    case nil, .null?: break
    case .array(let items)?:
      var events: [EventInput] = []
      for (place, item) in items.enumerated() {
        guard case .object(var members) = item else {
          throw InvalidInput("events", "\(place): must be an object")
        }
        // An event without an id is a new one.
        if [nil, .null, .string("")].contains(members["id"]) {
          members["id"] = .string("new at \(place)")
        }
        guard let event = EventInput(json: .object(members)) else {
          throw InvalidInput(
            "events", "\(place): the id must be a number, or a text that begins with new")
        }
        events.append(event)
      }
      input.events = events
    default: throw InvalidInput("events", "must be a list")
    }
    return input
  }

  private static func ids(
    _ member: String, _ json: JSONValue
  ) throws(InvalidInput) -> [Int64] {
    guard let ids = json.ids(member) else { throw InvalidInput(member, "must be a list of ids") }
    return ids
  }

  private static func someone(_ json: JSONValue) throws(InvalidInput) -> SimulationRequest.Someone {
    if let id = json.int { return .real(Int64(id)) }
    guard case .object(let members) = json else {
      throw InvalidInput("", "is neither a number nor an object")
    }
    if let id = members["id"]?.int { return .real(Int64(id)) }
    var fields = members
    if case .object(let given)? = members["fields"] { fields = given }
    for name in ["tags", "segments", "fields", "id"] { fields[name] = nil }
    return .made(
      fields: fields, tags: json.texts("tags"), segments: try ids("segments", json))
  }

  private static func step(
    _ json: JSONValue, _ count: Int
  ) throws(InvalidInput) -> SimulationRequest.Step {
    var contact: Int?
    if let given = json["contact"], given != .null {
      guard let place = given.int, (0..<count).contains(place) else {
        throw InvalidInput("contact", "is no place in the list of contacts, counted from 0")
      }
      contact = place
    }
    let after = json["after"]?.text
    if let after, DelayText(after) == nil {
      throw InvalidInput("after", "\(InvalidInput.shown(after)) is no duration such as 3 days")
    }
    let when: SimulationRequest.When
    if let text = json["at"]?.text, !text.isEmpty {
      guard let date = InstantText.parse(text) else {
        throw InvalidInput("at", "\(InvalidInput.shown(text)) is no date")
      }
      when = .at(date)
    } else if let event = EventReference(json["event"]), json["event"] != .null {
      when = .afterEvent(event, after ?? "0s")
    } else {
      when = .afterStart(after ?? "0s")
    }
    return SimulationRequest.Step(contact: contact, when: when, what: try what(json))
  }

  private static func what(_ json: JSONValue) throws(InvalidInput) -> SimulationRequest.What {
    if let change = json["change"] {
      guard case .object = change else { throw InvalidInput("change", "is no object") }
      var fields: [String: JSONValue] = [:]
      if case .object(let given)? = change["fields"] { fields = given }
      return .change(
        fields: fields, addTags: change.texts("addTags"), removeTags: change.texts("removeTags"),
        addSegments: try ids("addSegments", change),
        removeSegments: try ids("removeSegments", change))
    }
    switch json["type"]?.text {
    case "leave"?: return .leave
    case "enter"?: return .enter
    case let type? where !type.isEmpty:
      var details: [String: String] = [:]
      if case .object(let given)? = json["details"] { details = given.compactMapValues(\.text) }
      return .engagement(
        type: type, objects: try ids("objects", json), url: json["url"]?.text, details: details)
    default:
      throw InvalidInput("type", "is required: a type of decision, enter, leave; or change")
    }
  }
}
