/// What is foreseen for a contact, as a list: a clock gives it another time, a cross cancels it.
struct PlannedList: Sendable {
  let contact: ContactRecord
  let page: PageRequest

  private static let template = Template(
    #"""
    <ul class="list">{{#events}}<li>{{#isWarning}}[icon:warn]{{/isWarning}}<span class="grow">{{title}}<span class="sub">{{#campaign}}<a href="{{campaignPath}}">{{campaign}}</a>, {{/campaign}}{{^campaign}}[[Message that is held back]], {{/campaign}}{{{timeHTML}}}</span>{{#isWarning}}<span class="sub warn-text">{{trouble}}</span>{{/isWarning}}</span>
    {{#isRunning}}<span class="badge accent">[[Running]]</span>{{/isRunning}}{{#mayEdit}}{{#reschedule}}<a class="button plain icon small" href="{{reschedule}}" aria-label="[[Reschedule {{title}}]]" title="[[Reschedule]]">[icon:clock]</a>{{/reschedule}}<form method="post" action="{{cancel}}"><input type="hidden" name="token" value="{{token}}"><button class="button plain icon small" aria-label="[[Cancel {{title}}]]" title="[[Cancel]]" data-confirm="[[Cancel what is foreseen? It will not happen.]]">[icon:close]</button></form>{{/mayEdit}}</li>{{/events}}</ul>
    """#)

  /// - Parameter most: How many are shown.
  func callAsFunction(most: Int = .max) -> HTML {
    let mayEdit = contact.allows(.edit, page)
    return Self.template(
      [
        "events": contact.planned.prefix(most).map { event -> [String: Any] in
          [
            "title": event.title, "campaign": event.campaign.name,
            "campaignPath": "/console/campaigns/\(event.campaign.id)",
            "timeHTML": event.isRunning
              ? HTML(escaping: page.texts("now")) : page.time(.string(event.time)),
            "isWarning": event.isWarning, "trouble": trouble(event), "isRunning": event.isRunning,
            "mayEdit": mayEdit && !event.isRunning, "token": page.token,
            "reschedule": event.reschedulePath.isEmpty
              ? "" : "\(contact.path)/\(event.reschedulePath)",
            "cancel": "\(contact.path)/\(event.cancelPath)",
          ]
        }
      ], page.texts)
  }

  private func trouble(_ event: PlannedEvent) -> String {
    let tries = page.texts.counting(
      event.attempts, one: "The first try failed", many: "{count} tries failed")
    let text = event.attempts > 0 ? tries : page.texts("Needs attention")
    return event.error.isEmpty ? text : "\(text): \(event.error)"
  }
}
