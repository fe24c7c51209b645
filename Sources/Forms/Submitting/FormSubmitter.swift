package import Contacts
import Fields
import Foundation
import JobQueue
import Mail
import Postgres
import Primitives

/// Takes submissions of forms: checks them, finds or makes their contacts, and stores them (FRM-02).
///
/// Contact and submission are one transaction, with the job that does the rest: actions, campaigns, points.
package struct FormSubmitter: Sendable {
  private let forms: FormStore
  private let fields: FieldStore
  private let contacts: ContactStore
  private let editor: ContactEditor
  private let merger: ContactMerger
  private let visitors: any FormVisitors
  /// The challenges of forms.
  package let challenges: FormChallenges
  /// The confirmations of submissions.
  package let confirmations: FormConfirmations
  private let settings: @Sendable () async throws -> ContactSettings

  /// Creates a submitter.
  ///
  /// - Parameters:
  ///   - forms: The forms.
  ///   - contacts: Reads contacts.
  ///   - editor: Writes contacts.
  ///   - merger: Joins a visitor to the contact that it turns out to be.
  ///   - visitors: Knows who is tracked.
  ///   - challenges: Makes and checks the challenges of forms.
  ///   - confirmations: Asks for confirmations.
  ///   - settings: Returns the operator's settings for contacts.
  package init(
    forms: FormStore, contacts: ContactStore, editor: ContactEditor, merger: ContactMerger,
    visitors: any FormVisitors = UntrackedVisitors(), challenges: FormChallenges,
    confirmations: FormConfirmations,
    settings: @escaping @Sendable () async throws -> ContactSettings
  ) {
    self.forms = forms
    fields = forms.fields
    self.contacts = contacts
    self.editor = editor
    self.merger = merger
    self.visitors = visitors
    self.challenges = challenges
    self.confirmations = confirmations
    self.settings = settings
  }

  /// Takes a submission.
  ///
  /// - Returns: What was stored; of the same submission sent again, what was stored the first time.
  /// - Throws: ``FormClosure`` for a form that takes none; ``FormRefusal`` with all values that it does not accept,
  ///   without any change; `PostgresError`.
  package func submit(_ request: FormRequest) async throws -> FormReceipt {
    guard let form = try await forms.form(request.form) else { throw FormClosure.unknown }
    if let closure = form.values.closure(at: request.at) { throw closure }
    let request = try protected(bounded(request), form)
    let pool = forms.pool
    if let stored = try await SubmissionStore.stored(request.token, of: form.id, in: pool) {
      return receipt(stored, of: form)
    }
    let settings = try await settings()
    let known = try await fields.current()
    let (visitor, profile) = try await profile(of: form, request.visit)
    let checked = try check(
      request, FormCheck(form: form, known: known, lists: settings.lists), profile)
    let subject = try await FormIdentity(
      contacts: contacts, merger: merger, transactions: forms.jobs.transactions,
      matchesAny: settings.matchesAnyIdentifier
    ).subject(visitor?.contact, checked.contact, known, now: request.at)
    let writer = SubmissionWriter(
      form: form, request: request, checked: checked, trackingID: visitor?.trackingID,
      known: known, confirmations: confirmations)
    do {
      return try await write(writer, subject)
    } catch is RepeatedSubmission {
      guard let stored = try await SubmissionStore.stored(request.token, of: form.id, in: pool)
      else { throw FormClosure.unknown }
      return receipt(stored, of: form)
    } catch let error as NoticeError {
      let field = form.fields.first { $0.type == .email }
      throw FormRefusal([FormProblem(field?.alias ?? "", "No mail can be sent there: \(error).")])
    } catch let error as InvalidInput {
      // By definitions of fields that have changed since they were read.
      throw FormRefusal(
        error.problems.map { problem in
          let field = form.fields.first { $0.mapping?.field == problem.member }
          return FormProblem(field?.alias ?? problem.member, problem.message)
        })
    }
  }

  /// Returns as whom a browser is tracked, and what is known of it: a field that is known may not be asked for.
  package func profile(
    of form: Form, _ visit: FormVisit
  ) async throws -> (visitor: FormVisitor?, profile: FormProfile) {
    guard !form.values.settings.isKiosk, let visitor = try await visitors.visitor(visit) else {
      return (nil, .unknown)
    }
    guard form.isProfiling, let contact = try await contacts.contact(visitor.contact) else {
      return (visitor, .unknown)
    }
    let answers = try await SubmissionStore.answers(
      of: contact.id, to: form.id, in: forms.pool)
    return (
      visitor,
      FormProfile(contact: contact, submissions: answers.count, answers: answers.aliases)
    )
  }

  /// Checks what was filled in, and that the visitor agreed to what the form asks for.
  private func check(
    _ request: FormRequest, _ check: FormCheck, _ profile: FormProfile
  ) throws(FormRefusal) -> CheckedValues {
    var problems: [FormProblem] = []
    var checked = CheckedValues()
    do throws(FormRefusal) {
      checked = try check.check(request.values, skipping: profile.hidden(in: check.form))
    } catch {
      problems = error.problems
    }
    if check.form.values.settings.consent != nil, !request.agrees {
      problems.append(
        FormProblem(
          SubmissionMember.consent.rawValue, "Please agree first."))
    }
    guard problems.isEmpty else { throw FormRefusal(problems) }
    return checked
  }

  /// Takes the solution of a challenge for the token of the submission.
  ///
  /// - Throws: ``FormRefusal`` without a solution where one is needed.
  private func protected(
    _ request: FormRequest, _ form: Form
  ) throws(FormRefusal) -> FormRequest {
    guard form.values.settings.hasChallenge else { return request }
    guard let token = challenges.token(request.solution, for: form.id, now: request.at) else {
      throw FormRefusal([
        FormProblem(
          SubmissionMember.challenge.rawValue,
          "The check of your browser is missing or too old; please try again.")
      ])
    }
    var request = request
    request.token = token
    return request
  }

  private func write(_ writer: SubmissionWriter, _ subject: Int64?) async throws -> FormReceipt {
    var input = ContactInput()
    input.values = writer.checked.contact.mapValues { .text($0) }
    // Only what was filled in is given, and 0 may be.
    input.overwritesWithBlank = true
    let address = writer.request.visit.address
    if IPAddressText.isValid(address) { input.ipAddress = address }
    let origin = ContactOrigin(.system, source: "form", now: writer.request.at)
    @Sendable func store(
      _ contact: Contact, _ transaction: Transaction
    ) async throws -> FormReceipt {
      let id = try await writer.write(of: contact.id, in: transaction)
      return FormReceipt(
        form: writer.form, submission: id, contact: contact.id, results: writer.checked.results)
    }
    if let subject,
      let receipt = try await editor.edit(
        subject, input, from: origin, and: { try await store($0, $1) })
    {
      return receipt
    }
    return try await editor.upsert(input, from: origin) { try await store($0, $1) }
  }

  private func receipt(_ stored: FormSubmission, of form: Form) -> FormReceipt {
    FormReceipt(
      form: form, submission: stored.id, contact: stored.contact, results: stored.results,
      isRepeat: true)
  }

  /// Leaves out what cannot be stored: a token and an address that are too long or no text.
  private func bounded(_ request: FormRequest) -> FormRequest {
    var request = request
    if let token = request.token,
      token.isEmpty || token.utf8.count > FormLimits.token || token.contains("\0")
    {
      request.token = nil
    }
    if let page = request.page {
      request.page = String(page.replacing("\0", with: "").prefix(FormLimits.address))
    }
    return request
  }
}
