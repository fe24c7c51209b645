// Saving: the whole campaign in one request.

import {api, ApiError} from './api.js';
import {fromAnswer} from './canvas-checks.js';
import {ask} from './canvas-dialogs.js';
import {find, renameEvents} from './canvas-graph.js';
import {mapStates, seal} from './canvas-history.js';
import {savedNames, toWire} from './canvas-wire.js';
import {t} from './texts.js';

/** Saves the canvas's campaign, and shows what became of it. */
export async function saveCampaign(canvas, {overwrites = false} = {}) {
  canvas.isSaving = true;
  canvas.history = seal(canvas.history);
  canvas.toolbar.update();
  const sent = canvas.doc;
  try {
    const {campaign, order} = await send(canvas, sent, overwrites);
    take(canvas, sent, campaign, order);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    canvas.isSaving = false;
    canvas.toolbar.update();
    if (error.status === 409) await resolveConflict(canvas);
    else showRefusal(canvas, error);
    return;
  }
  canvas.announce(t('The campaign is saved.'));
}

async function send(canvas, doc, overwrites) {
  const {body, order} = toWire(doc, canvas.savedIds);
  if (overwrites) delete body.version;
  const path = doc.id ? `/api/campaigns/${encodeURIComponent(doc.id)}/edit` : '/api/campaigns/new';
  let {campaign} = await api(doc.id ? 'PUT' : 'POST', path, body);
  // The answer has a version only where the request had one; the next save needs it.
  if (campaign.version === undefined) ({campaign} = await api('GET', `/api/campaigns/${campaign.id}`));
  return {campaign, order};
}

/** Gives events their numbers, in all states of the history: undo works on. */
function take(canvas, sent, campaign, order) {
  const names = savedNames(order, campaign);
  const id = String(campaign.id);
  const isNew = sent.id !== id;
  let savedDoc = null;
  canvas.history = mapStates(canvas.history, (state) => {
    const next = {...renameEvents(state, names), id, version: campaign.version};
    if (state === sent) savedDoc = next;
    return next;
  });
  const rename = (name) => names.get(name) ?? name;
  canvas.selection = new Set([...canvas.selection].map(rename));
  canvas.focusId = rename(canvas.focusId);
  canvas.isSaving = false;
  canvas.accept(campaign, savedDoc ?? {...sent});
  canvas.saved(id, isNew);
  canvas.drawAll();
  const hasFocus = canvas.panel.element.contains(document.activeElement);
  if (!hasFocus && canvas.panel.view) canvas.panel.refresh();
}

function showRefusal(canvas, error) {
  const problems = fromAnswer(error.details, canvas.doc);
  if (problems.length === 0) problems.push({id: null, level: 'refused', text: error.message});
  canvas.told = problems.map((problem) => ({...problem, about: find(canvas.doc, problem.id)}));
  canvas.checkAll();
  canvas.drawAll();
  if (canvas.panel.view) canvas.panel.refresh();
  const first = problems.find(({id}) => id !== null);
  if (first) canvas.choose(first.id);
  const reasons = {
    0: t('The server cannot be reached. Your changes are kept here.'),
    401: t('You are signed out. Sign in in another tab, then save again.'),
    403: t('You are not allowed to change this campaign.'),
  };
  canvas.announce(reasons[error.status] ?? t('Not saved: {message}', {message: problems[0].text}), true);
}

async function resolveConflict(canvas) {
  const answer = await ask(canvas, {
    title: t('Somebody else has saved this campaign'),
    text: t('It was changed since you opened it. Your version and theirs cannot both stay.'),
    answers: [
      {value: 'theirs', label: t('Load their version')},
      {value: 'mine', label: t('Overwrite with mine'), class: 'danger'},
    ],
  });
  if (answer === 'theirs') await canvas.load(canvas.doc.id);
  else if (answer === 'mine') await saveCampaign(canvas, {overwrites: true});
}
