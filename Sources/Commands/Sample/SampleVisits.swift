import Foundation
import Primitives
import Sample

/// What visitors do on the example's website in one day.
struct SampleVisits: Sendable {
  let api: SampleAPI
  let seed: UInt64
  /// The ids of forms and assets that visitors meet.
  let letterForm: Int
  let guideForm: Int
  let wholesaleForm: Int
  let guide: Int
  let prices: Int
  /// How many people come for the first time in a day.
  let perDay: Int

  private static let site = "https://hearth-and-bean.example"
  private static let pages: [(path: String, title: String)] = [
    ("/", "Hearth & Bean"), ("/shop/", "Shop"), ("/shop/huehuetenango", "Huehuetenango"),
    ("/shop/grinders", "Grinders"), ("/recipes", "Recipes"),
    ("/recipes/cold-brew", "Cold brew"), ("/wholesale", "For cafés and offices"),
    ("/story", "Our story"), ("/growers", "The growers"),
  ]
  private static let referrers = [
    "", "", "www.google.com", "duckduckgo.com", "www.instagram.com", "coffee-forum.example",
  ]

  /// One visitor's day, decided before it begins.
  private struct Plan: Sendable {
    var person: SamplePerson
    var pages: [Int]
    var referrer: String
    var campaign: String?
    var form: Form?
    var downloads = false
    enum Form { case letter, guide, wholesale }
  }

  /// Lets the visitors of a day come, several at a time.
  func day(_ day: Int) async throws {
    try await SampleCrowd.each(plans(day)) { try await visit($0) }
  }

  private func plans(_ day: Int) -> [Plan] {
    var random = SeededRandom(seed: seed &+ 1_000_003 &* UInt64(day + 1))
    // More come as the weeks pass.
    let new = perDay / 2 + perDay * day / 30 + random.below(3)
    var plans: [Plan] = []
    for place in 0..<new {
      var plan = Plan(
        person: SamplePerson(day * 1000 + place, seed: seed), pages: [],
        referrer: random.pick(Self.referrers))
      plan.pages = (0...random.below(3)).map { _ in random.below(Self.pages.count) }
      if random.chance(20) { plan.campaign = random.pick(["spring", "instagram", "fair"]) }
      if random.chance(45) {
        plan.form = .letter
      } else if random.chance(25) {
        plan.form = .guide
      } else if random.chance(6) {
        plan.form = .wholesale
      }
      plan.downloads = random.chance(plan.form == .wholesale ? 90 : 4)
      plans.append(plan)
    }
    guard day > 0 else { return plans }
    for _ in 0..<(perDay / 2) {
      let past = random.below(day)
      var plan = Plan(
        person: SamplePerson(past * 1000 + random.below(max(1, perDay / 2)), seed: seed), pages: [],
        referrer: "")
      plan.pages = (0...random.below(4)).map { _ in random.below(Self.pages.count) }
      plan.downloads = random.chance(6)
      // Nobody comes twice at once.
      if !plans.contains(where: { $0.person.number == plan.person.number }) { plans.append(plan) }
    }
    return plans
  }

  private func visit(_ plan: Plan) async throws {
    let person = plan.person
    for (place, page) in plan.pages.enumerated() {
      let (path, title) = Self.pages[page]
      var fields = [
        ("page_url", Self.site + path), ("page_title", title), ("page_language", "en"),
        ("page_referrer", place == 0 ? plan.referrer : "hearth-and-bean.example"),
        ("counter", "0"), ("resolution", "1440x900"), ("mautic_device_id", person.device),
        ("hit_id", UUID().uuidString),
      ]
      if person.country == "Germany" { fields.append(("preferred_locale", "de")) }
      if place == 0, let campaign = plan.campaign {
        fields += [("utm_campaign", campaign), ("utm_source", "social"), ("utm_medium", "post")]
      }
      try await browse(person, "/mtc/event", form: fields)
    }
    if plan.form == .guide { try await browse(person, "/brewing-guide") }
    if plan.form == .wholesale { try await browse(person, "/wholesale") }
    switch plan.form {
    case .letter:
      try await submit(
        person, letterForm, "lettersignup",
        [
          "first_name": person.firstName, "last_name": person.lastName, "email": person.email,
          "country": person.country,
        ])
    case .guide:
      try await submit(
        person, guideForm, "brewingguide",
        [
          "name": person.firstName, "email": person.email, "company": person.company,
          "brews": ["filter", "press", "espresso"][person.number % 3],
        ])
    case .wholesale:
      try await submit(
        person, wholesaleForm, "wholesaleenquiry",
        [
          "company": person.company.isEmpty ? "Corner Café" : person.company,
          "email": person.email, "wish": "Ten kilos a week, ground for filter.",
        ])
    case nil: break
    }
    if plan.downloads {
      let (id, alias) =
        plan.form == .wholesale ? (prices, "wholesale-prices") : (guide, "brewing-guide")
      try await browse(person, "/asset/\(id):\(alias)")
    }
  }

  private func submit(
    _ person: SamplePerson, _ form: Int, _ name: String, _ values: [String: String]
  ) async throws {
    let fields = values.sorted { $0.key < $1.key }.map { ("mauticform[\($0.key)]", $0.value) }
    try await browse(
      person, "/form/submit?formId=\(form)",
      form: fields + [
        ("mauticform[formId]", "\(form)"), ("mauticform[formName]", name),
        ("mauticform[return]", ""),
      ])
  }

  @discardableResult
  private func browse(
    _ person: SamplePerson, _ path: String, form: [(String, String)]? = nil
  ) async throws -> String {
    try await api.browse(
      path, agent: person.agent, address: person.address, device: person.device, form: form)
  }
}
