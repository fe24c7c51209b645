import Foundation
import Mail
import Transfer

extension EventTypes {
  /// Returns the event types that come with Martlet (campaigns.md 7).
  ///
  /// - Parameters:
  ///   - mail: The sender of e-mails; nil if none are sent.
  ///   - http: The client for webhooks.
  static func standard(
    mail: EmailDispatcher?, http: HTTPClient
  ) -> EventTypes {
    var types = EventTypes()
    types.addActions()
    types.addConditions()
    types.addDecisions()
    if let mail {
      types.add(EventType.sendEmail, .action(SendEmail(office: mail)), check: SendEmail.check)
      types.add("email.send.to.user", .action(EmailUsers()), check: EmailUsers.check)
    }
    types.add(
      "campaign.sendwebhook", .external(SendWebhook(client: http)), check: SendWebhook.check)
    return types
  }

  private mutating func addActions() {
    add("lead.changepoints", .action(ChangePoints()), check: ChangePoints.check)
    add("lead.changelist", .action(ChangeSegments()), check: ChangeSegments.check)
    add("lead.changetags", .action(ChangeTags()), check: ChangeTags.check)
    add("lead.updatelead", .action(UpdateContact()), check: UpdateContact.check)
    add("lead.changeowner", .action(ChangeOwner()), check: ChangeOwner.check)
    add(
      "lead.adddnc", .action(ChangeDoNotContact(adds: true)), check: ChangeDoNotContact.check)
    add(
      "lead.removednc", .action(ChangeDoNotContact(adds: false)), check: ChangeDoNotContact.check)
    add("lead.addtocompany", .action(AddToCompany()), check: AddToCompany.check)
    add("lead.updatecompany", .action(UpdateCompany()), check: UpdateCompany.check)
    add(
      "lead.scorecontactscompanies", .action(ScoreCompanies()), check: ScoreCompanies.check)
    add("stage.change", .action(ChangeStage()), check: ChangeStage.check)
    add("user.notify", .action(NotifyUsers()), check: NotifyUsers.check)
    add("dwc.push_content", .action(PushContent()), check: PushContent.check)
    add(SendPixelEvent.type, .action(SendPixelEvent()), check: SendPixelEvent.check)
    add(ShowFocusItem.type, .action(ShowFocusItem()), check: ShowFocusItem.check)
    add(EventType.changeCampaigns, .action(ChangeCampaigns()), check: ChangeCampaigns.check)
    add(EventType.deleteContact, .action(DeleteContact()))
    add(EventType.jump, .jump)
  }

  private mutating func addConditions() {
    add("lead.field_value", .condition(FieldCondition()), check: FieldCondition.check)
    add("lead.tags", .condition(HasTag()), check: HasTag.check)
    add("lead.segments", .condition(HasOneOf.segments), check: HasOneOf.segments.check)
    add("lead.campaigns", .condition(HasOneOf.campaigns), check: HasOneOf.campaignsCheck)
    add("lead.stages", .condition(HasOneOf.stages), check: HasOneOf.stages.check)
    add("lead.owner", .condition(HasOneOf.owners), check: HasOneOf.owners.check)
    add("lead.points", .condition(ComparesPoints()), check: ComparesPoints.check)
    add("lead.device", .condition(HasDevice()), check: HasDevice.check)
    add("lead.dnc", .condition(IsDoNotContact()), check: IsDoNotContact.check)
    add("form.field_value", .condition(SubmittedValue()), check: SubmittedValue.check)
    add("email.validate.address", .condition(HasValidAddress()))
  }

  private mutating func addDecisions() {
    for type in ["email.open", "email.click", "email.reply"] {
      add(type, .decision(EmailDecision()), check: EmailDecision.check)
    }
    add("page.pagehit", .decision(PageDecision()), check: PageDecision.check)
    add("event.track", .decision(EventDecision()), check: EventDecision.check)
    add("page.devicehit", .decision(DeviceDecision()), check: DeviceDecision.check)
    for (type, member) in [("form.submit", "forms"), ("asset.download", "assets")] {
      let decision = ListedDecision(member: member)
      add(type, .decision(decision), check: decision.check)
    }
    add(SlotDecision.type, .decision(SlotDecision()), check: SlotDecision.check)
    let reply = PatternDecision(member: "pattern", detail: "text")
    add("sms.reply", .decision(reply), check: reply.check)
  }
}
