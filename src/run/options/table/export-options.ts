/** Which users an export holds. */
import { choice, option, text } from './option.js';

export const exportOptions = {
  /** Only the users of this group: its name, compared exactly and then without case, or its ID. */
  securityGroup: option(text("a group's name or ID"), {
    on: ['export'],
    flag: { group: 'common', value: '<group>', help: 'only the users of this group: its name or its ID' },
  }),
  /** `suspended` are those who are so, `active` and `pending` those of the others. */
  status: option(choice('active', 'pending', 'suspended'), {
    on: ['export'],
    flag: {
      group: 'common',
      value: '<status>',
      help: 'only the users who are active or pending, or those who are suspended',
      choices: ['active', 'pending', 'suspended'],
    },
  }),
};
