import { dynoxideAvailable, startDynoxide } from '../support/dynoxide.ts';
import { describeWith } from '../support/skip.ts';
import { seatMapsOn } from './seat-maps.dynamodb.ts';
import { seatMapsConformance } from './seat-maps.suite.ts';

describeWith('dynoxide', dynoxideAvailable, () => seatMapsConformance('dynoxide', () => seatMapsOn(startDynoxide)));
